using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Collects pages in address order. Millions of them: a known page in a row costs a bit and no look at any list.</summary>
internal sealed class ExactPagesBuilder
{
    private readonly List<ExactRun> _runs = [];
    private readonly List<ExactUnknown> _unknown = [];
    private readonly List<AddressRange> _huge = [];
    private readonly ulong _pageSize = (ulong)Unistd.PageSize;
    private ulong[] _bitmap = new ulong[1024];
    private long _bits;
    private ulong _runStart;
    private ulong _runEnd;
    private long _runFirstBit;

    /// <summary>Adds the next page.</summary>
    /// <param name="address">Above that of the page before.</param>
    /// <param name="state">What is known of it.</param>
    /// <param name="reason">Why, where nothing is known.</param>
    /// <param name="isHuge">It is part of a page of 2 MiB that has one bit.</param>
    internal void Add(ulong address, ExactState state, ExactUnknownReason reason = default, bool isHuge = false)
    {
        if (state == ExactState.Unknown)
        {
            AddUnknown(address, reason);
            return;
        }

        if (isHuge)
        {
            AddHuge(address);
        }

        if (address != _runEnd || _bits == 0)
        {
            EndRun();
            _runStart = address;
            _runFirstBit = _bits;
        }

        _runEnd = address + _pageSize;
        int word = (int)(_bits / 64);
        if (word == _bitmap.Length)
        {
            Array.Resize(ref _bitmap, 2 * word);
        }

        _bitmap[word] |= (state == ExactState.Touched ? 1UL : 0) << (int)(_bits % 64);
        _bits++;
    }

    internal ExactPages Build(long windowNs, long readNs)
    {
        EndRun();
        return new ExactPages(_runs, _bitmap[..(int)((_bits + 63) / 64)], _unknown, _huge, windowNs, readNs);
    }

    private void AddUnknown(ulong address, ExactUnknownReason reason)
    {
        if (_unknown.Count > 0 && _unknown[^1].End == address && _unknown[^1].Reason == reason)
        {
            _unknown[^1] = _unknown[^1] with { End = address + _pageSize };
        }
        else
        {
            _unknown.Add(new ExactUnknown(address, address + _pageSize, reason));
        }
    }

    private void AddHuge(ulong address)
    {
        if (_huge.Count > 0 && _huge[^1].End == address)
        {
            _huge[^1] = _huge[^1] with { End = address + _pageSize };
        }
        else
        {
            _huge.Add(new AddressRange(address, address + _pageSize));
        }
    }

    private void EndRun()
    {
        if (_bits > _runFirstBit)
        {
            _runs.Add(new ExactRun(_runStart, _runEnd, _runFirstBit));
        }
    }
}
