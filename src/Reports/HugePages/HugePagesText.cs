using static Damon.Trace.Reports.ReportText;

namespace Damon.Trace.Reports.HugePages;

/// <summary>Huge pages for people.</summary>
internal static class HugePagesText
{
    public static void Write(HugePagesResult result, TextWriter output)
    {
        foreach (HugePagesTarget target in result.Targets)
        {
            Write(target, output);
        }

        output.WriteLine(
            "hot: an access was seen in the huge page; touched: 4 KiB pages of these that were accessed meanwhile, with a 95 % interval. Pages never seen "
            + "are estimated from those seen once and twice; what is accessed far more rarely than the rest counts as not touched. Huge pages in memory "
            + "found cold are left out.");
    }

    private static void Write(HugePagesTarget target, TextWriter output)
    {
        string how = target.Sampler is null ? "" : Invariant($", accesses sampled by {target.Sampler} for {Seconds(target.DurationSeconds)}");
        output.WriteLine(Invariant($"pid {target.Pid} ({Clean(target.Comm)}){how}"));
        if (!target.IsKnown)
        {
            output.WriteLine("  huge pages: unknown, the kernel could not be asked (Linux 6.7 or later tells)");
            return;
        }

        if (target.IsCut)
        {
            output.WriteLine("  there are more huge pages than these: they are too scattered for the recording");
        }

        if (target.Mappings.Count == 0)
        {
            output.WriteLine("  none of the memory found accessed is in huge pages");
            return;
        }

        output.WriteLine($"{"huge pages",12}{"hot",12}{"samples",9}{"touched",9}{"interval",13}{"untouched",12}  mapping");
        foreach (HugePagesMapping mapping in target.Mappings)
        {
            string touched = mapping.TouchedShare is { } share ? Percent(share) : "unknown";
            string held = mapping.HeldBytes is { } bytes ? Size(bytes) : "unknown";
            string interval = mapping.HotBytes == 0 ? "" : Invariant($"{mapping.TouchedShareLow * 100:F1}-{mapping.TouchedShareHigh * 100:F1} %");
            output.WriteLine(
                $"{Size(mapping.HugeBytes),12}{Size(mapping.HotBytes),12}{Invariant($"{mapping.Samples}"),9}{touched,9}{interval,13}{held,12}  "
                + Clean(mapping.Mapping));
            if (mapping.Split is { } split)
            {
                output.WriteLine("    " + SplitText(split));
            }

            output.WriteLine("    " + AdviceOf(mapping));
        }
    }

    private static string SplitText(SplitEstimate split)
    {
        string hot = split.TouchedShare is { } share
            ? Invariant($"of {split.HotPages} hot ones {Percent(share)} was touched ({split.TouchedShareLow * 100:F1}-{split.TouchedShareHigh * 100:F1} %)")
            : "none of them was hot";
        string left = split.LeftSmall == 0 ? "all were made huge again" : Invariant($"{split.LeftSmall} stayed small");
        return Invariant($"{split.Pages} drawn at random and split for {Seconds(split.WindowSeconds)}: {hot}; {left}");
    }

    /// <summary>What follows from it, one line.</summary>
    internal static string AdviceOf(HugePagesMapping mapping) => mapping switch
    {
        { IsUnknown: true, Advice: "small" } => "most of it is not used: madvise(MADV_NOHUGEPAGE) for it, or transparent_hugepage/enabled=madvise",
        { Advice: "huge" } => "most of it is used: huge pages are right here",
        { HotBytes: 0 } => "no access to them was seen: record for longer, or with a larger --target-budget",
        { IsUnknown: true } => "too few samples to tell: record for longer, or with a larger --target-budget",
        { Advice: "small" } => $"small pages would hold {Size(mapping.HeldBytesLow)} to {Size(mapping.HeldBytesHigh)} less: "
            + "madvise(MADV_NOHUGEPAGE) for it, or transparent_hugepage/enabled=madvise",
        _ => $"small pages would hold {Size(mapping.HeldBytesLow)} to {Size(mapping.HeldBytesHigh)} less, and cost TLB misses: try both",
    };

    private static string Size(double bytes) => ShortSize((ulong)Math.Max(0, bytes));
}
