using Damon.Trace.Events;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Cli.Live;

/// <summary>Hot, cold and unknown memory of one target: the latest look at its followed pages, and what was cold in the time shown.</summary>
internal sealed class LiveMemory(long windowNs)
{
    private readonly Queue<(long TimeNs, ulong Bytes)> _cold = new();

    /// <summary>Null before any idle time is known.</summary>
    internal TargetMemory? Latest { get; private set; }

    /// <summary>Cold bytes at each look of the time shown, oldest first: one a second.</summary>
    internal IReadOnlyCollection<(long TimeNs, ulong Bytes)> Cold => _cold;

    internal void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records, TargetCatalog catalog)
    {
        // A series of this look alone: the view shows no working sets over all looks, which would grow for ever.
        IdleSeries look = new();
        look.Add(in idle, records, catalog.MappingsOf(idle.TargetId));
        if (look.DescribeLook(MemoryRules.ColdAfterSeconds) is not { } memory)
        {
            return;
        }

        Latest = memory;
        _cold.Enqueue((memory.TimeNs, memory.States.ColdBytes));
        while (_cold.Peek().TimeNs < memory.TimeNs - windowNs)
        {
            _cold.Dequeue();
        }
    }
}
