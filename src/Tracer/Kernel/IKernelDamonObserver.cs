using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// Sees what the kernel's own kdamonds do, in the order of time over all of them. Called on the listening thread; a slow observer costs
/// events once the rings are full, and they are counted.
/// </summary>
public interface IKernelDamonObserver
{
    /// <summary>A kdamond was met or its attributes have changed. Comes before the first event of that kdamond.</summary>
    void OnKdamond(KernelKdamond kdamond);

    /// <summary>One region of one target at the end of an aggregation; all regions of a target follow each other.</summary>
    void OnAggregated(in KernelEvent origin, in DamonAggregated region);

    /// <summary>
    /// The same of a kernel with access probes (7.2 on), with the hits of each probe. It is an event of its own, not a replacement: whether
    /// such a kernel also fires damon_aggregated for the region is the kernel's affair.
    /// </summary>
    void OnRegionAggregated(in KernelEvent origin, in DamonAggregated region, ReadOnlySpan<byte> probeHits);

    /// <summary>A scheme is about to be applied to a region.</summary>
    void OnBeforeApply(in KernelEvent origin, in DamosBeforeApply application);

    /// <summary>The effective size of a scheme's quota (6.17 on).</summary>
    void OnEffectiveSize(in KernelEvent origin, in DamosEffectiveSize size);

    /// <summary>The counters of a scheme after it was applied (7.0 on).</summary>
    void OnSchemeStatistics(in KernelEvent origin, in DamosStatistics statistics);

    /// <summary>The kernel changed the sampling interval; <see cref="OnKdamond"/> with the new attributes has come already.</summary>
    void OnIntervalsTuned(in KernelEvent origin, in MonitorIntervalsTune tune);

    /// <summary>Events the kernel dropped on one CPU because its ring was full.</summary>
    void OnLost(int cpu, ulong nrLost);
}
