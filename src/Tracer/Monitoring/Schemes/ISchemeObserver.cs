namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>Sees what schemes do, at the places of the kernel's tracepoints damos_*. Called on the kdamond's thread; must not block.</summary>
public interface ISchemeObserver
{
    /// <summary>A scheme is about to be applied to a region (damos_before_apply): its age is that from before the reset.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="target">The target.</param>
    /// <param name="region">The region, cut as it will be acted on.</param>
    /// <param name="nrAccesses">Accesses of the latest aggregation interval, as a moving sum.</param>
    void OnBeforeApply(RunningScheme scheme, DamonTarget target, in DamonRegion region, uint nrAccesses);

    /// <summary>The effective size of a quota has changed (damos_esz).</summary>
    void OnEffectiveSize(RunningScheme scheme, ulong bytes);

    /// <summary>A pass is over (damos_stat_after_apply_interval).</summary>
    void OnApplied(RunningScheme scheme);
}
