namespace Damon.Trace.Tracer.Worker;

/// <summary>What a kdamond has done so far. Written by the kdamond, read by the heartbeat and the summary.</summary>
public sealed class RecorderCounters
{
    private long _nrSnapshots;
    private long _nrEvents;
    private long _nrChecks;
    private long _nrLate;
    private long _nrMissed;
    private long _kdamondCpuNs;
    private long _namesCpuNs;

    /// <summary>Snapshots emitted, one per target and aggregation.</summary>
    public long NrSnapshots => Volatile.Read(ref _nrSnapshots);

    /// <summary><c>damon_aggregated</c> events emitted.</summary>
    public long NrEvents => Volatile.Read(ref _nrEvents);

    /// <summary>Checks made.</summary>
    public long NrChecks => Volatile.Read(ref _nrChecks);

    /// <summary>Checks that came more than half a sampling interval late.</summary>
    public long NrLate => Volatile.Read(ref _nrLate);

    /// <summary>Sampling intervals that passed without any check.</summary>
    public long NrMissed => Volatile.Read(ref _nrMissed);

    /// <summary>CPU time of the kdamond thread in nanoseconds.</summary>
    public long KdamondCpuNs => Volatile.Read(ref _kdamondCpuNs);

    /// <summary>CPU time of other processes that find names for the targets' memory, in nanoseconds: part of what a recording costs.</summary>
    public long NamesCpuNs => Volatile.Read(ref _namesCpuNs);

    internal void AddSnapshot(int nrRegions)
    {
        Volatile.Write(ref _nrSnapshots, _nrSnapshots + 1);
        Volatile.Write(ref _nrEvents, _nrEvents + nrRegions);
    }

    internal void AddCheck() => Volatile.Write(ref _nrChecks, _nrChecks + 1);

    internal void AddDelays(uint nrLate, uint nrMissed)
    {
        Volatile.Write(ref _nrLate, _nrLate + nrLate);
        Volatile.Write(ref _nrMissed, _nrMissed + nrMissed);
    }

    internal void SetNamesCpu(long cpuNs) => Volatile.Write(ref _namesCpuNs, cpuNs);

    internal void SetKdamondCpu(long cpuNs) => Volatile.Write(ref _kdamondCpuNs, cpuNs);
}
