using static Damon.Trace.Reports.ReportText;

namespace Damon.Trace.Reports.Accesses;

/// <summary>Who touches what, for people.</summary>
internal static class AccessesText
{
    private const int MostThreads = 8;

    // Columns before the name of a function.
    private const int NumberColumns = 34;

    public static void Write(AccessesResult result, int count, TextWriter writer)
    {
        var output = new FoldedText(writer, new ReportSelection().TextColumns);
        AccessesCounts counts = result.Counts;
        output.WriteLine(Invariant($"pid {result.Pid} ({Clean(result.Comm)}): {counts.Probes} probes in {Seconds(result.DurationSeconds)}, ")
            + Invariant($"{counts.Hits} hits, {counts.Misses} misses; {Plural(counts.Threads, "thread")}"));
        output.WriteLine($"shares are of {result.SharesOf}, sampled by {result.Sampler}, with 95 % intervals");
        foreach (string remark in Losses(counts).Concat(result.Remarks).Prepend(AccessesDoubt.Of(counts)).OfType<string>())
        {
            output.WriteLine(remark);
        }

        foreach (AccessesRange range in result.Ranges)
        {
            output.WriteLine();
            Write(range, count, output);
        }

        output.WriteLine();
        output.WriteLine($"cost: the target lost about {Cost(counts.TargetCostSeconds, counts.TargetCpuSeconds)}; own CPU {Seconds(counts.OwnCpuSeconds)}");
    }

    private static void Write(AccessesRange range, int count, TextWriter output)
    {
        string heat = range.FrequencyHz is { } hz ? Invariant($", {hz:F1} Hz") : "";
        string where = range.Bytes > 0 ? $"{ReportText.Range(range.Start, range.End)}  {ShortSize(range.Bytes)}{heat}  " : "";
        output.WriteLine($"{where}{Clean(range.Name)}");
        if (range.Hits == 0)
        {
            output.WriteLine("  no access seen");
            return;
        }

        string writes = range.Writes is { } share ? $"writes {Interval(share.Share, share.Low, share.High)}" : "writes unknown";
        string kernel = range.Kernel is { Share: > 0 } part ? $", by the kernel {Percent(part.Share)}" : "";
        string stacks = range.NoStackShare > 0.005 ? $", no frame pointers in {Percent(range.NoStackShare)}" : "";
        string unknown = range.UnknownDirectionShare > 0.005 ? $", read or write not known of {Percent(range.UnknownDirectionShare)}" : "";
        output.WriteLine($"  {Plural(range.Hits, "hit")}; {writes}{unknown}{kernel}{stacks}");
        output.WriteLine($"{"share",9}  {"95 % interval",13}{"writes",8}  function (module)");
        foreach (AccessesFunction function in range.Functions.Take(count))
        {
            string written = function.WriteShare is { } part2 ? Invariant($"{part2 * 100:F0} %") : "?";
            string caller = function.Caller is null ? "" : $" < {Clean(function.Caller)}";
            string name = Clean(function.Function) + (function.Function.StartsWith(function.Module, StringComparison.Ordinal) ? "" : $" ({Clean(function.Module)})");
            output.WriteLine($"{Percent(function.Share),9}  {Bounds(function.Low, function.High),13}{written,8}  {Cut(name + caller)}");
        }

        if (range.Functions.Count > count)
        {
            double rest = range.Functions.Skip(count).Sum(static function => function.Share);
            output.WriteLine($"{Percent(rest),9}  {"",13}{"",8}  {Plural(range.Functions.Count - count, "more function")}; --count, --json");
        }

        foreach (AccessesThread thread in range.Threads.Take(MostThreads))
        {
            output.WriteLine(
                $"{Percent(thread.Share),9}  {Bounds(thread.Low, thread.High),13}{"",8}  thread {Invariant($"{thread.Tid}")} ({Clean(thread.Name)})");
        }

        if (range.Threads.Count > MostThreads)
        {
            double rest = range.Threads.Skip(MostThreads).Sum(static thread => thread.Share);
            output.WriteLine($"{Percent(rest),9}  {"",13}{"",8}  {Plural(range.Threads.Count - MostThreads, "more thread")}; --json has all");
        }
    }

    private static IEnumerable<string> Losses(AccessesCounts counts)
    {
        (long Number, string Text)[] losses =
        [
            (counts.NoDebugRegister, "probes could not be armed: the thread's debug registers are taken (a debugger, or perf with mem: events)"),
            (counts.ThreadsGone, "probes could not be armed: their thread had ended"),
            (counts.Refused, "times the kernel refused"),
            (counts.Lost, "samples lost by the kernel"),
            (counts.PutOff, "probes put off to keep within the budgets of target and own CPU, and four at a time in each thread"),
            (counts.UnknownAddress, "probes beside accesses whose address could not be told"),
        ];
        return losses.Where(static loss => loss.Number > 0).Select(static loss => Invariant($"{loss.Number} {loss.Text}"));
    }

    private static string Cost(double lost, double cpu) =>
        cpu > 0 ? $"{Seconds(lost)} of {Seconds(cpu)} CPU time ({Invariant($"{lost / cpu * 100:F2} %")})" : Seconds(lost);

    private static string Interval(double share, double low, double high) => $"{Percent(share)} ({Bounds(low, high)})";

    private static string Bounds(double low, double high) => Invariant($"{low * 100:F1}-{high * 100:F1} %");

    /// <summary>Names of C++ and .NET may be longer than any line; --json has them whole.</summary>
    private static string Cut(string name)
    {
        int most = new ReportSelection().TextColumns - NumberColumns;
        return name.Length <= most ? name : name[..Math.Max(8, most - 3)] + "...";
    }

    private static string Plural(long number, string what) => Invariant($"{number} {what}{(number == 1 ? "" : "s")}");
}
