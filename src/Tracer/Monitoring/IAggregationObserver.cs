namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Sees what a context produces. Called on the kdamond thread; must not allocate or block.</summary>
public interface IAggregationObserver
{
    /// <summary>
    /// The end of an aggregation for one target: regions after merge, before reset and split, with age updated and NrAccesses of the
    /// finished window (include/trace/events/damon.h fires at this very place). Targets come one after the other, regions in address order.
    /// </summary>
    void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions);

    /// <summary>The intervals auto-tuning changed the sampling interval; the context's attributes are the new ones already.</summary>
    void OnIntervalsTuned(ulong sampleUs);
}
