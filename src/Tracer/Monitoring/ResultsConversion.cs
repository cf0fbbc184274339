namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Conversion of results when the intervals change: nr_accesses keeps its share of the largest possible one (truncated to basis points),
/// age keeps its time (damon_update_monitoring_results, mm/damon/core.c). Ages are rounded where the kernel truncates them: there intervals
/// change when somebody changes them, here a CPU budget does it every other second, and half an aggregation less each time would add up.
/// </summary>
internal static class ResultsConversion
{
    internal static uint NrAccesses(uint nrAccesses, DamonAttributes from, DamonAttributes to)
    {
        ulong shareBp = (ulong)nrAccesses * DamonArithmetic.WholeBp / from.MaxNrAccesses;
        return DamonArithmetic.SaturateToUInt32(DamonArithmetic.MultiplyDivide(shareBp, to.MaxNrAccesses, DamonArithmetic.WholeBp));
    }

    internal static uint Age(uint age, DamonAttributes from, DamonAttributes to)
    {
        ulong halves = DamonArithmetic.MultiplyDivide((ulong)age * 2, from.AggrUs, to.AggrUs);
        return DamonArithmetic.SaturateToUInt32((halves / 2) + (halves % 2));
    }

    /// <summary>At the end of an aggregation, before its results are emitted: what was counted is converted.</summary>
    internal static void ConvertFinished(Span<DamonRegion> regions, DamonAttributes from, DamonAttributes to)
    {
        foreach (ref DamonRegion region in regions)
        {
            region.NrAccesses = NrAccesses(region.NrAccesses, from, to);
            region.Age = Age(region.Age, from, to);
        }
    }

    /// <summary>In the middle of an aggregation: what was counted so far is dropped, the aggregation before it is converted.</summary>
    internal static void ConvertUnfinished(Span<DamonRegion> regions, DamonAttributes from, DamonAttributes to)
    {
        foreach (ref DamonRegion region in regions)
        {
            region.LastNrAccesses = NrAccesses(region.LastNrAccesses, from, to);
            region.NrAccesses = 0;
            region.Age = Age(region.Age, from, to);
        }
    }
}
