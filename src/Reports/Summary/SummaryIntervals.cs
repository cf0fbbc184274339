namespace Damon.Trace.Reports.Summary;

/// <summary>The intervals and bounds of a recording; least and most where they changed. Null: not recorded, as in damo's files.</summary>
internal sealed record SummaryIntervals(
    ulong MinSampleUs, ulong MaxSampleUs, ulong MinAggrUs, ulong MaxAggrUs, ulong? UpdateUs, uint? MinNrRegions, uint? MaxNrRegions)
{
    /// <summary>Also takes these intervals into account, which a snapshot told.</summary>
    public static SummaryIntervals Add(SummaryIntervals? known, ulong sampleUs, ulong aggrUs) => known is null
        ? new SummaryIntervals(sampleUs, sampleUs, aggrUs, aggrUs, null, null, null)
        : sampleUs < known.MinSampleUs || sampleUs > known.MaxSampleUs || aggrUs < known.MinAggrUs || aggrUs > known.MaxAggrUs
            ? new SummaryIntervals(
                Math.Min(known.MinSampleUs, sampleUs), Math.Max(known.MaxSampleUs, sampleUs), Math.Min(known.MinAggrUs, aggrUs),
                Math.Max(known.MaxAggrUs, aggrUs), null, null, null)
            : known;
}
