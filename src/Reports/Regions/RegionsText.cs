namespace Damon.Trace.Reports.Regions;

/// <summary><c>report regions</c> for people.</summary>
internal static class RegionsText
{
    public static void Write(RegionsResult result, RegionsOptions options, FoldedText output)
    {
        if (result.Targets.Count == 0)
        {
            output.WriteLine("regions: nothing complete was recorded of what was asked for");
        }

        ReportTime time = new(result.Recording, options.WallTime);
        foreach (RegionsTarget target in result.Targets)
        {
            WriteTarget(target, time, options, output);
        }

        result.Recording.WriteEnd(output);
    }

    private static void WriteTarget(RegionsTarget target, ReportTime time, RegionsOptions options, FoldedText output)
    {
        output.WriteLine($"regions of {target.Target.Describe()}");
        bool hasMemory = target.Lists.Any(list => list.Ranges.Any(range => range.ResidentBytes is not null));
        string percent = hasMemory ? "" : ", and % of samples that found it accessed";
        output.WriteLine($"heat: mean in {(target.HzKnown ? "Hz" : "samples")}{percent}");
        if (hasMemory)
        {
            output.WriteLine("resident: memory it holds at the end; touched: % of that in a sampling interval");
        }

        if (target.Lists.Any(static list => list.Ranges.Any(static range => range.WriteShare is not null)))
        {
            output.WriteLine("writes: share of the sampled accesses; --json has its 95 % interval");
        }

        output.WriteLine(options.WallTime
            ? $"since: the frequency has been about the same; {time.Unit}"
            : $"age: for how long the frequency has been about the same, at {time.Full(target.SnapshotEndNs)}");
        if (!target.HzKnown)
        {
            output.WriteLine("samples found accessed per aggregation: Hz needs the intervals, tell them");
            output.WriteLine("with --sample and --aggr");
        }

        foreach (RegionsList list in target.Lists)
        {
            WriteList(target, list, time, options, output);
        }

        output.WriteLine();
    }

    /// <summary>Not the highest frequency comes first, which would be a page of a stack, so it is said what does.</summary>
    private static string Title(string order) => order == "hottest" ? "hottest (size x heat)" : order;

    private static void WriteList(RegionsTarget target, RegionsList list, ReportTime time, RegionsOptions options, FoldedText output)
    {
        string unit = target.HzKnown ? "Hz" : "samples";
        string since = options.WallTime ? "since" : "age";
        bool hasMemory = list.Ranges.Any(range => range.ResidentBytes is not null);
        string memory = hasMemory ? "    resident touched" : "";
        string share = hasMemory ? "" : "      %";
        bool hasWrites = list.Ranges.Any(static range => range.WriteShare is not null);
        string writes = hasWrites ? "  writes" : "";
        output.WriteLine($"{Title(list.Order),-29}        size{memory} {unit,9}{share}{writes} {since,8}  mapping");
        foreach (RegionsRange range in list.Ranges)
        {
            string where = ReportText.Range(range.Start, range.End);
            string numbers = $"{where} {ReportText.ShortSize(range.SizeBytes),11}"
                + (hasMemory ? $"{MemoryOf(range)} {HeatOf(range)}" : $" {HeatOf(range)} {ShareOf(range),6}")
                + (hasWrites ? $" {(range.WriteShare is { } write ? ReportText.Invariant($"{write * 100:F0} %") : "unknown"),7}" : "")
                + $" {Since(range, time, options),8}";
            string name = NameOf(range);
            bool fits = numbers.Length + 2 + name.Length <= output.Columns;
            output.WriteLine(fits ? $"{numbers}  {name}" : $"{numbers}{output.NewLine}    {ReportText.ShortName(name, output.Columns - 4)}");
        }

        if (list.Ranges.Count == 0)
        {
            output.WriteLine("  none");
        }
    }

    private static string MemoryOf(RegionsRange range)
    {
        string resident = range.ResidentBytes is { } bytes ? ReportText.ShortSize(bytes) : "-";
        string touched = range.MeanTouchedPercent is { } percent ? ReportText.Invariant($"{percent:F1} %") : "-";
        return $" {resident,11} {touched,7}";
    }

    /// <summary>Of what holds no memory, or is unknown, no frequency is known: 0 would say that it is idle.</summary>
    private static string HeatOf(RegionsRange range) => range.State is { } state
        ? $"{state,9}"
        : ReportText.Invariant($"{range.MeanHz ?? range.MeanNrAccesses ?? 0,9:F3}");

    private static string ShareOf(RegionsRange range) => range.MeanPercent is { } percent ? ReportText.Invariant($"{percent:F1}") : "-";

    private static string Since(RegionsRange range, ReportTime time, RegionsOptions options) => range switch
    {
        { SinceNs: { } since } when options.WallTime => time.Short(since),
        { AgeUs: { } us } => ReportText.Seconds(us / 1e6),
        _ => ReportText.Invariant($"{range.AgeIntervals} aggr"),
    };

    private static string NameOf(RegionsRange range) => range.Mapping is { } name
        ? new RangeName(range.Permissions ?? "", name, range.OtherMappings).ToString()
        : "";
}
