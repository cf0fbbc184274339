namespace Damon.Trace.Reports.Memory;

/// <summary>What is estimated of a stratum; the bounds are those of the hot bytes.</summary>
internal readonly record struct StratumEstimate(
    ulong ResidentBytes, ulong HotBytes, ulong UnknownBytes, double LowBytes, double HighBytes)
{
    /// <summary>As the states of the stratum alone.</summary>
    public MemoryStates ToStates(ulong? notPopulatedBytes) => new()
    {
        HotBytes = HotBytes,
        HotLowBytes = (ulong)Math.Round(LowBytes),
        HotHighBytes = (ulong)Math.Round(HighBytes),
        ColdBytes = ResidentBytes - HotBytes - UnknownBytes,
        UnknownBytes = UnknownBytes,
        ResidentBytes = ResidentBytes,
        NotPopulatedBytes = notPopulatedBytes,
    };
}
