using System.Runtime.CompilerServices;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Some lines of a text, and what they say. Reused.</summary>
internal sealed class TextBlock
{
    /// <summary>The longest line; a block has room for one.</summary>
    internal const int MaxBytes = 128 * 1024;

    /// <summary>Some more, so that eight bytes can be read wherever a line ends.</summary>
    private readonly byte[] _bytes = new byte[MaxBytes + sizeof(ulong)];

    private readonly List<LineRun> _runs = [];
    private RegionEvent[] _regions = new RegionEvent[2048];
    private int _nrRegions;
    private LineFacts? _facts;
    private int _firstOfFacts;

    /// <summary>Where its bytes go.</summary>
    internal Span<byte> Room => _bytes.AsSpan(0, MaxBytes);

    /// <summary>The lines with their ends, and behind them bytes that mean nothing.</summary>
    internal ReadOnlySpan<byte> Text => _bytes;

    /// <summary>Bytes of the lines.</summary>
    internal int Length { get; set; }

    /// <summary>Where in the input it begins.</summary>
    internal long Offset { get; set; }

    /// <summary>False for the last block of a text whose last line has no end: who wrote it was interrupted.</summary>
    internal bool IsTerminated { get; set; }

    /// <summary>It is the begin of a line longer than a block; the rest is left out.</summary>
    internal bool IsTooLong { get; set; }

    /// <summary>Whether its lines have been read; guarded by <see cref="TextBlocks"/>.</summary>
    internal bool IsParsed { get; set; }

    /// <summary>The lines, in order.</summary>
    internal IReadOnlyList<LineRun> Runs => _runs;

    /// <summary>A line without its end (LF or CRLF).</summary>
    internal ReadOnlySpan<byte> Line(LineRun run)
    {
        ReadOnlySpan<byte> line = _bytes.AsSpan(run.Begin, run.Count);
        return !line.IsEmpty && line[^1] == '\r' ? line[..^1] : line;
    }

    /// <summary>The regions of a run of lines.</summary>
    internal ReadOnlySpan<RegionEvent> Regions(LineRun run) => _regions.AsSpan(run.Begin, run.Count);

    internal void Clear()
    {
        _runs.Clear();
        _nrRegions = 0;
        _facts = null;
    }

    /// <summary>A line to be looked at by itself.</summary>
    internal void AddLine(int begin, int length)
    {
        EndRun();
        _runs.Add(new LineRun(null, begin, length));
    }

    /// <summary>A line that says a region; it belongs to the run of the line before where it shares its facts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddRegion(LineFacts facts, in RegionEvent region)
    {
        if (!ReferenceEquals(facts, _facts) || _nrRegions == _regions.Length)
        {
            BeginRun(facts);
        }

        _regions[_nrRegions++] = region;
    }

    /// <summary>All lines are there.</summary>
    internal void EndRun()
    {
        if (_facts is not null)
        {
            _runs.Add(new LineRun(_facts, _firstOfFacts, _nrRegions - _firstOfFacts));
            _facts = null;
        }
    }

    private void BeginRun(LineFacts facts)
    {
        EndRun();
        _facts = facts;
        _firstOfFacts = _nrRegions;
        if (_nrRegions == _regions.Length)
        {
            Array.Resize(ref _regions, _regions.Length * 2);
        }
    }
}
