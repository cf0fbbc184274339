using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>Whether the numbers of a target can be true, in shares of its resident memory.</summary>
internal static class TargetDoubts
{
    /// <summary>A target that is gone so long before the end of a recording was not there for its last part.</summary>
    private const double GoneEarlySeconds = 1;

    /// <summary>Memory comes and goes between two readings.</summary>
    private const double ResidentTolerance = 0.1;

    public static IEnumerable<(DoubtGrade Grade, string Text)> Of(TargetEvidence target, SummaryCounters counters)
    {
        string who = counters.Targets.Count > 1 ? ReportText.Invariant($"target {target.TargetId}: ") : "";
        TargetMemory? memory = counters.Idle.Describe(target.TargetId);
        foreach ((DoubtGrade grade, string text) in
            OfUnknown(target, memory).Concat(OfSizes(target, memory)).Concat(OfTime(target, counters)))
        {
            yield return (grade, who + text);
        }
    }

    private static IEnumerable<(DoubtGrade Grade, string Text)> OfUnknown(TargetEvidence target, TargetMemory? memory)
    {
        double unknown = memory?.States.UnknownShare
            ?? (target.Memory is { ResidentBytes: > 0 } last ? (double)last.UnknownBytes / last.ResidentBytes : 0);
        if (unknown > MemoryRules.AdviceShare)
        {
            yield return (DoubtGrade.Invalid,
                $"nothing is known of {ReportText.Percent(unknown)} of the resident memory: "
                + "sizes are lower bounds, and no advice is given");
        }
        else if (unknown > MemoryRules.RangeShare)
        {
            yield return (DoubtGrade.Warning, $"nothing is known of {ReportText.Percent(unknown)} of the resident memory");
        }
        else if (unknown > 0)
        {
            yield return (DoubtGrade.Info, $"nothing is known of {ReportText.Percent(unknown)} of the resident memory");
        }
    }

    private static IEnumerable<(DoubtGrade Grade, string Text)> OfSizes(TargetEvidence target, TargetMemory? memory)
    {
        double beyond = target.Compared == 0 ? 0 : (double)target.WssBeyondRss / target.Compared;
        if (beyond > 0)
        {
            yield return (beyond > 0.5 ? DoubtGrade.Invalid : DoubtGrade.Warning,
                $"the working set by damo's rule is larger than the resident memory in {ReportText.Percent(beyond)} of the snapshots: "
                + "regions are coarser than what is accessed");
        }

        if (target.RssBytes is { } rss && target.MeanRegionBytes > rss)
        {
            yield return (DoubtGrade.Warning,
                $"a region is larger than the resident memory on average ({ReportText.ShortSize(target.MeanRegionBytes)} and "
                + $"{ReportText.ShortSize(rss)}): regions say little");
        }

        if (memory is not null && target.RssBytes is { } held
            && Math.Abs((double)memory.States.ResidentBytes - held) > ResidentTolerance * Math.Max(memory.States.ResidentBytes, held))
        {
            yield return (DoubtGrade.Warning,
                $"{ReportText.ShortSize(memory.States.ResidentBytes)} of memory were looked at, "
                + $"{ReportText.ShortSize(held)} are resident (RSS)");
        }
    }

    private static IEnumerable<(DoubtGrade Grade, string Text)> OfTime(TargetEvidence target, SummaryCounters counters)
    {
        if (target.Backwards > 0)
        {
            yield return (DoubtGrade.Invalid, ReportText.Invariant(
                $"time goes back {target.Backwards} times: idle times and ages are wrong"));
        }

        double missing = (counters.EndNs - target.EndNs) / 1e9;
        if (missing > GoneEarlySeconds && counters.Targets.Count > 1)
        {
            yield return (DoubtGrade.Info, $"gone {ReportText.Seconds(missing)} before the end of the recording");
        }
    }
}
