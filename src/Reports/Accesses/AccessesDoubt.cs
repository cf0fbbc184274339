namespace Damon.Trace.Reports.Accesses;

/// <summary>What is missing where many looks could not tell which memory is accessed: not at random, so that no interval covers it.</summary>
internal static class AccessesDoubt
{
    private const double WorthSaying = 0.05;

    /// <summary>A sentence; null where little is missing.</summary>
    internal static string? Of(AccessesCounts counts)
    {
        long beside = counts.Hits + counts.UnknownAddress;
        return beside == 0 || counts.UnknownAddress < WorthSaying * beside ? null : ReportText.Invariant(
            $"doubtful: of {beside} probes beside accesses {counts.UnknownAddress} could not tell which memory: the code had overwritten the address. ")
            + "Who does that is missing: shares, writes and \"no access seen\" may be wrong; watchpoints would see it (--by watchpoints, for longer)";
    }
}
