using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>
/// Puts the events of several threads in order of time. The runtime writes a batch (about 100 ms) thread by thread; each thread's events
/// are in order, and marks in the stream say up to which time everything has arrived. Until then events wait here.
/// </summary>
internal sealed class PendingEvents(NetTraceInput input, DamonEventDispatcher dispatcher)
{
    private readonly PriorityQueue<int, (long Timestamp, int Run)> _heads = new();
    private readonly List<Run> _runs = [];

    // A batch stays in the cache on its way.
    private readonly RegionEvent[] _regions = new RegionEvent[256];
    private PendingEvent[] _events = new PendingEvent[4096];
    private int _count;
    private ulong _lastThread;
    private bool _lastRunIsOver = true;

    /// <summary>Offset of the oldest payload still needed; the greatest number when there is none.</summary>
    public long KeepFrom => _count > 0 ? _events[0].PayloadOffset : long.MaxValue;

    /// <summary>Offset of the payload that was too short for its fields, after a delivery returned false.</summary>
    public long FailedAt { get; private set; }

    /// <summary>The place for the next event of the file, for the caller to fill; amortised without allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref PendingEvent Add(long timestamp, ulong captureThread)
    {
        if (_count == _events.Length || captureThread != _lastThread || _lastRunIsOver)
        {
            BeginRun(timestamp, captureThread);
        }

        ref PendingEvent pending = ref _events[_count++];
        pending.Timestamp = timestamp;
        return ref pending;
    }

    private void BeginRun(long timestamp, ulong captureThread)
    {
        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _events.Length * 2);
        }

        if (captureThread == _lastThread && !_lastRunIsOver)
        {
            return;
        }

        _lastThread = captureThread;
        _lastRunIsOver = false;
        _heads.Enqueue(_runs.Count, (timestamp, _runs.Count));
        _runs.Add(new Run { CaptureThread = captureThread, First = _count, Next = _count });
    }

    /// <summary>Hands over everything: the end of the stream, or a mark that no later event is older.</summary>
    public bool TryDeliverAll() => TryDeliverBefore(long.MaxValue);

    /// <summary>Hands over all events before a time, in order; those of one time in the order of the file.</summary>
    public bool TryDeliverBefore(long timestamp)
    {
        while (_heads.TryPeek(out int index, out (long Timestamp, int Run) head) && head.Timestamp < timestamp)
        {
            _heads.Dequeue();
            (long Timestamp, int Run) limit = (timestamp, -1);
            if (_heads.TryPeek(out _, out (long Timestamp, int Run) other) && other.Timestamp < timestamp)
            {
                limit = other;
            }

            if (!TryDeliverRun(index, limit))
            {
                return false;
            }
        }

        if (_heads.Count == 0)
        {
            _runs.Clear();
            _count = 0;
        }

        return true;
    }

    /// <summary>Bound by the assembler's copy of a region; no allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryDeliverRun(int index, (long Timestamp, int Run) limit)
    {
        int end = index + 1 < _runs.Count ? _runs[index + 1].First : _count;
        long last = index > limit.Run ? limit.Timestamp - 1 : limit.Timestamp;
        ReadOnlySpan<PendingEvent> events = _events.AsSpan(0, end);
        int next = _runs[index].Next;
        bool delivered = true;
        while (next < events.Length && delivered && events[next].Timestamp <= last)
        {
            int regions = DispatchRegions(events[next..], last);
            if (regions == 0)
            {
                ref readonly PendingEvent pending = ref events[next];
                ReadOnlySpan<byte> payload = input.At(pending.PayloadOffset, pending.PayloadSize);
                delivered = dispatcher.TryDispatch(pending.EventId, pending.Timestamp, pending.Thread, pending.Cpu, payload);
                FailedAt = pending.PayloadOffset;
            }

            next += Math.Max(regions, 1);
        }

        CollectionsMarshal.AsSpan(_runs)[index].Next = next;
        if (next < end)
        {
            _heads.Enqueue(index, (_events[next].Timestamp, index));
        }
        else if (index == _runs.Count - 1)
        {
            // What follows it must get into the queue again.
            _lastRunIsOver = true;
        }

        return delivered;
    }

    /// <summary>
    /// Nearly all events are regions, one after the other. Hands over those that the events begin with and that share thread, target and number of
    /// regions, up to a time, and returns how many they are.
    /// </summary>
    private int DispatchRegions(ReadOnlySpan<PendingEvent> events, long last)
    {
        int thread = events[0].Thread;
        if (!IsRegion(in events[0]) || dispatcher.IsRelayed(thread))
        {
            return 0;
        }

        DamonAggregated first = Region(in events[0]);
        int most = Math.Min(events.Length, _regions.Length);
        int count = 0;
        for (; count < most; count++)
        {
            ref readonly PendingEvent pending = ref events[count];
            if (pending.Thread != thread || pending.Timestamp > last || !IsRegion(in pending))
            {
                break;
            }

            ref readonly DamonAggregated region = ref Region(in pending);
            if (region.TargetId != first.TargetId || region.NrRegions != first.NrRegions)
            {
                break;
            }

            _regions[count] = new RegionEvent
            {
                TimestampNs = pending.Timestamp,
                Cpu = pending.Cpu,
                Start = region.Start,
                End = region.End,
                NrAccesses = region.NrAccesses,
                Age = region.Age,
            };
        }

        dispatcher.DispatchRegions(thread, first.TargetId, first.NrRegions, _regions.AsSpan(0, count));
        return count;
    }

    private static bool IsRegion(in PendingEvent pending) =>
        pending.EventId == DamonEventId.Aggregated && pending.PayloadSize >= Unsafe.SizeOf<DamonAggregated>();

    /// <summary>In place: the struct is the payload's layout.</summary>
    private ref readonly DamonAggregated Region(in PendingEvent pending) =>
        ref Unsafe.As<byte, DamonAggregated>(ref MemoryMarshal.GetReference(input.At(pending.PayloadOffset, pending.PayloadSize)));

    /// <summary>Events of one thread that follow each other in the file.</summary>
    private struct Run
    {
        public ulong CaptureThread;
        public int First;
        public int Next;
    }
}
