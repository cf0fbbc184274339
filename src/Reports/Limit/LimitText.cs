namespace Damon.Trace.Reports.Limit;

/// <summary><c>report limit</c> for people.</summary>
internal static class LimitText
{
    public static void Write(LimitResult result, FoldedText output)
    {
        if (result.Total is { } total)
        {
            Write(total, result, output);
        }

        foreach (LimitScope scope in result.Targets)
        {
            Write(scope, result, output);
        }

        output.WriteLine("memory that no target maps, such as page cache of files read and written, is not counted; 'verify-limit' measures");
        result.Recording.WriteEnd(output);
    }

    private static void Write(LimitScope scope, LimitResult result, FoldedText output)
    {
        string whose = scope.Target?.Describe() ?? ReportText.Invariant($"all {result.Targets.Count} targets together");
        string unknown =
            scope.UnknownBytes == 0 ? "" : $"; nothing is known of {ReportText.ShortSize(scope.UnknownBytes)}, which every limit holds";
        output.WriteLine($"memory limit of {whose}");
        output.WriteLine(ReportText.Invariant(
            $"{ReportText.ShortSize(scope.ResidentBytes)} held, mean of {scope.Looks} looks in {ReportText.Seconds(scope.Seconds)}{unknown}"));
        if (scope.Target is null)
        {
            output.WriteLine(scope.CountedOnceBytes == 0
                ? "no memory of the same name is mapped by several of them"
                : $"memory of the same name is counted once: {ReportText.ShortSize(scope.CountedOnceBytes)} less than the sum of the targets");
        }

        output.WriteLine($"{"limit",11}{"peak",12}{"leaves",12}{"idle for",10}{"refaults/s",12}{"(95 % range)",16}{"lost",7}");
        foreach (LimitRow row in scope.Rows)
        {
            WriteRow(row, ReferenceEquals(row, scope.Advice?.Row), output);
        }

        output.WriteLine();
        WriteAdvice(scope, result, output);
        output.WriteLine();
    }

    private static void WriteRow(LimitRow row, bool isAdvised, FoldedText output)
    {
        string range = row.HighRefaults is { } high ? $"{Number(row.LowRefaults)} to {Number(high)}" : $"from {Number(row.LowRefaults)}";
        string note = isAdvised ? " *" : row.IsAskedFor ? " ?" : "";
        output.WriteUnfolded($"{ReportText.ShortSize(row.LimitBytes),11}{ReportText.ShortSize(row.PeakBytes),12}"
            + $"{ReportText.ShortSize(row.LeavingBytes),12}{">" + ReportText.Seconds(row.IdleSeconds),10}{Number(row.Refaults),12}{range,16}"
            + $"{Share(row.LossShare),7}{note}");
    }

    private static void WriteAdvice(LimitScope scope, LimitResult result, FoldedText output)
    {
        string latency = ReportText.Seconds(result.LatencyUs / 1e6);
        if (scope.Advice is not { } advice)
        {
            output.WriteLine($"advice: none. At {latency} a page no limit is sure to cost less than {Share(result.MaxLoss)} of a CPU's time; "
                + "a longer recording tells more: advice is given for idle times from a second to half of its length");
            return;
        }

        string saved = advice.SavedBytes == 0 ? "nothing is saved" : $"{ReportText.ShortSize(advice.SavedBytes)} less than is held now";
        string below = advice.Below is { } next
            ? $" Below it, at {ReportText.ShortSize(next.LimitBytes)}, {Number(next.Refaults)} refaults/s ({Share(next.LossShare)} of a CPU's time)."
            : " Nothing is known about smaller ones.";
        output.WriteLine($"advice: {ReportText.ShortSize(advice.LimitBytes)} (*), {saved}. In 95 % of the looks it holds all that was accessed "
            + $"within {ReportText.Seconds(advice.Row.IdleSeconds)}; {Number(advice.Row.LowRefaults)} to {Number(advice.Row.HighRefaults ?? 0)} "
            + $"refaults/s cost at most {Share(advice.Row.HighLossShare ?? 0)} of a CPU's time at {latency} each.{below}");
    }

    private static string Number(double value) => value switch
    {
        0 => "0",
        < 10 => ReportText.Invariant($"{value:F1}"),
        < 100_000 => ReportText.Invariant($"{value:F0}"),
        _ => ReportText.Invariant($"{value:0.0e0}"),
    };

    private static string Share(double share) => share >= 1 ? ">100 %" : share is > 0 and < 0.001 ? "<0.1 %" : ReportText.Percent(share);
}
