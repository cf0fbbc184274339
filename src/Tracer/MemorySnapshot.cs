using Damon.Trace.Events;

namespace Damon.Trace.Tracer;

/// <summary>What one aggregation found out about one process. Immutable, a copy: it may be kept and passed to any thread.</summary>
public sealed class MemorySnapshot
{
    private readonly MemoryRegion[] _regions;

    internal MemorySnapshot(TargetDescription target, in SnapshotHeader header, in SnapshotMemory memory, MemoryRegion[] regions, long sequence)
    {
        Sequence = sequence;
        Target = target;
        Header = header;
        Memory = memory;
        _regions = regions;
    }

    /// <summary>The process id.</summary>
    public int Pid => Target.Pid;

    /// <summary>The process: pid, start time, name and arguments.</summary>
    public TargetDescription Target { get; }

    /// <summary>Its regions in address order, without overlaps.</summary>
    public IReadOnlyList<MemoryRegion> Regions => _regions;

    /// <summary>Number of the aggregation, from 0; it grows also where snapshots were dropped.</summary>
    public long Number => (long)Header.Snapshot;

    /// <summary>Begin of the aggregation: time since an arbitrary point, as <see cref="System.Diagnostics.Stopwatch"/> counts it.</summary>
    public TimeSpan Begin => TimeSpan.FromTicks((long)(Header.BeginNs / 100));

    /// <summary>Its end: when its last check was done.</summary>
    public TimeSpan End => TimeSpan.FromTicks((long)(Header.EndNs / 100));

    /// <summary>The sampling interval in force: no frequency above 1 / interval can be told.</summary>
    public TimeSpan SamplingInterval => TimeSpan.FromMicroseconds(Header.SampleUs);

    /// <summary>The aggregation interval in force, the unit of age.</summary>
    public TimeSpan AggregationInterval => TimeSpan.FromMicroseconds(Header.AggrUs);

    /// <summary>Checks made in the aggregation: the largest <see cref="MemoryRegion.NrAccesses"/> possible.</summary>
    public uint NrChecks => Header.NrSamples;

    /// <summary>All facts, with what was late or could not be sampled.</summary>
    public SnapshotHeader Header { get; }

    /// <summary>What it says about all memory of the process, in bytes.</summary>
    public SnapshotMemory Memory { get; }

    /// <summary>Number among all that were copied, of all processes.</summary>
    internal long Sequence { get; }

    /// <summary>Snapshots dropped since the one that was delivered before this, because nobody took them in time.</summary>
    public long NrDroppedBefore { get; internal set; }
}
