using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// The values of one page of a column. As long as all that was appended are long runs, they stay runs: most columns are the same for a
/// whole snapshot, or count its regions.
/// </summary>
internal sealed class PageValues(int capacity)
{
    /// <summary>Shorter than this on average, runs are no gain.</summary>
    private const int ShortRun = 64;

    private readonly List<ValueRun> _runs = [];

    // Most columns never need them.
    private ulong[] _values = [];
    private bool _written;

    internal int Count { get; private set; }

    /// <summary>Whether <see cref="Runs"/> are all values.</summary>
    internal bool AreRuns => !_written;

    internal ReadOnlySpan<ValueRun> Runs => CollectionsMarshal.AsSpan(_runs);

    internal ReadOnlySpan<ulong> All
    {
        get
        {
            if (Count > 0)
            {
                WriteRuns();
            }

            return _values.AsSpan(0, Count);
        }
    }

    /// <summary>Room for the next values; the caller fills it.</summary>
    internal Span<ulong> Append(int count)
    {
        WriteRuns();
        Span<ulong> room = _values.AsSpan(Count, count);
        Count += count;
        return room;
    }

    /// <summary>So many values, each by a step larger than the one before.</summary>
    internal void AppendRun(ulong value, int count, ulong step = 0)
    {
        if (count == 0)
        {
            return;
        }

        ValueRun run = new(value, step, count);
        if (_written)
        {
            run.Fill(_values.AsSpan(Count, count));
        }
        else if (_runs.Count > 0 && step == 0 && _runs[^1] is { Step: 0 } last && last.First == value)
        {
            _runs[^1] = last with { Count = last.Count + count };
        }
        else
        {
            _runs.Add(run);
        }

        Count += count;
        if (!_written && _runs.Count > 1 + (Count / ShortRun))
        {
            WriteRuns();
        }
    }

    internal void Clear()
    {
        Count = 0;
        _runs.Clear();
        _written = false;
    }

    private void WriteRuns()
    {
        if (_written)
        {
            return;
        }

        if (_values.Length == 0)
        {
            _values = new ulong[capacity];
        }

        int at = 0;
        foreach (ValueRun run in _runs)
        {
            run.Fill(_values.AsSpan(at, run.Count));
            at += run.Count;
        }

        _written = true;
    }
}
