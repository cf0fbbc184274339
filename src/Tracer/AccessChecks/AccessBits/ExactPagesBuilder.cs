using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Collects pages in address order.</summary>
internal sealed class ExactPagesBuilder
{
    private readonly List<ExactRun> _runs = [];
    private readonly List<AddressRange> _unknown = [];
    private readonly List<ulong> _bitmap = [];
    private long _bits;

    /// <summary>Adds the next page.</summary>
    internal void Add(ulong address, ExactState state)
    {
        ulong end = address + (ulong)Unistd.PageSize;
        if (state == ExactState.Unknown)
        {
            if (_unknown.Count > 0 && _unknown[^1].End == address)
            {
                _unknown[^1] = _unknown[^1] with { End = end };
            }
            else
            {
                _unknown.Add(new AddressRange(address, end));
            }

            return;
        }

        Span<ExactRun> runs = CollectionsMarshal.AsSpan(_runs);
        if (runs.Length > 0 && runs[^1].End == address)
        {
            runs[^1] = runs[^1] with { End = end };
        }
        else
        {
            _runs.Add(new ExactRun(address, end, _bits));
        }

        if (_bits % 64 == 0)
        {
            _bitmap.Add(0);
        }

        CollectionsMarshal.AsSpan(_bitmap)[^1] |= (state == ExactState.Touched ? 1UL : 0) << (int)(_bits % 64);
        _bits++;
    }

    internal ExactPages Build(long windowNs, long readNs) => new(_runs, [.. _bitmap], _unknown, windowNs, readNs);
}
