namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>The accesses that one watchpoint saw, in their order, with their callers; filled again and again without allocating.</summary>
/// <param name="capacity">As many as one can see.</param>
internal sealed class HitList(int capacity)
{
    private readonly WatchpointHit[] _hits = new WatchpointHit[capacity];
    private readonly ulong[] _callers = new ulong[capacity * Watchpoint.MaxStack];
    private readonly int[] _nrCallers = new int[capacity];

    internal int Count { get; private set; }

    internal ref readonly WatchpointHit this[int index] => ref _hits[index];

    internal void Clear() => Count = 0;

    /// <summary>Return addresses, innermost first.</summary>
    internal ReadOnlySpan<ulong> CallersOf(int index) => _callers.AsSpan(index * Watchpoint.MaxStack, _nrCallers[index]);

    /// <summary>How many there were up to a time, in nanoseconds of CLOCK_MONOTONIC.</summary>
    internal int CountUntil(long timeNs)
    {
        int count = 0;
        while (count < Count && _hits[count].TimeNs <= (ulong)timeNs)
        {
            count++;
        }

        return count;
    }

    private void Add(in WatchpointHit hit, ReadOnlySpan<ulong> callers)
    {
        if (Count < _hits.Length)
        {
            _hits[Count] = hit;
            _nrCallers[Count] = Math.Min(callers.Length, Watchpoint.MaxStack);
            callers[.._nrCallers[Count]].CopyTo(_callers.AsSpan(Count * Watchpoint.MaxStack));
            Count++;
        }
    }

    /// <summary>Fills a list.</summary>
    internal readonly struct Sink(HitList list) : IWatchpointSink
    {
        public void OnHit(in WatchpointHit hit, ReadOnlySpan<ulong> callers) => list.Add(hit, callers);
    }
}
