using System.Globalization;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Limits;

/// <summary>What <c>verify-limit</c> was asked to do.</summary>
/// <param name="Group">The control group.</param>
/// <param name="LimitBytes">The limit to try.</param>
/// <param name="Duration">For how long.</param>
/// <param name="Baseline">For how long it is watched before, without the limit.</param>
/// <param name="MaxPressure">Share of time in which some task waits for memory, over five seconds, at which the trial ends early.</param>
/// <param name="Predict">Refaults a second that a recording lets expect under a limit, with their range; null without one.</param>
internal sealed record VerifyLimitRequest(
    string Group, ulong LimitBytes, TimeSpan Duration, TimeSpan Baseline, double MaxPressure, Func<ulong, (double Rate, double Low, double? High)>? Predict);

/// <summary>
/// Tries a limit on a control group for a bounded time: memory.high, which slows down and reclaims but never kills. Watches what comes back and how
/// long tasks wait, ends early when they wait too long, and gives the old limit back in every case.
/// </summary>
internal static class VerifyLimitRun
{
    private const int PressureSeconds = 5;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_reclaim = TimeSpan.FromSeconds(10);

    internal static int Run(VerifyLimitRequest request, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        MemoryGroup group = MemoryGroup.Open(request.Group);
        string high = group.High;
        if (high != MemoryGroup.Unlimited && ulong.Parse(high, CultureInfo.InvariantCulture) <= request.LimitBytes)
        {
            throw new UserErrorException(
                $"the group's memory.high is {high} bytes, not more than the limit to try", "try a smaller one", ExitCode.Usage);
        }

        // What the kernel holds for the group counts against the limit, and is in no recording.
        (double Rate, double Low, double? High)? predicted = request.Predict?.Invoke(request.LimitBytes - Math.Min(request.LimitBytes, group.KernelBytes));
        using IDisposable ending = Interruption.EndsItself();
        error.WriteLine($"damon-trace: watching {group.Folder} for {HumanText.Seconds(request.Baseline)} without the limit, "
            + $"then for {HumanText.Seconds(request.Duration)} with {ReportText.ShortSize(request.LimitBytes)}; Ctrl-C ends it and restores memory.high {high}");
        List<MemoryGroupCounters> before = Watch(group, request.Baseline, double.PositiveInfinity, interrupted, out _);
        if (interrupted.IsCancellationRequested)
        {
            return Interruption.ExitCode;
        }

        List<MemoryGroupCounters> limited;
        bool endedEarly;
        using (LimitWatchdog.Start(group, high, request.Duration + s_grace))
        {
            // The kernel reclaims within the write, as long as it takes: the watch goes on meanwhile.
            var setting = new Thread(() => Set(group, request.LimitBytes)) { IsBackground = true, Name = "limit" };
            setting.Start();
            try
            {
                limited = Watch(group, request.Duration, request.MaxPressure, interrupted, out endedEarly);
            }
            finally
            {
                // Once more when nobody sets it any more: on a busy machine the trial may be over before its write has begun.
                group.High = high;
                _ = setting.Join(s_reclaim);
                group.High = high;
            }
        }

        error.WriteLine($"damon-trace: memory.high is {group.High} again");
        Write(request, predicted, before, limited, endedEarly, interrupted.IsCancellationRequested, output);
        return interrupted.IsCancellationRequested ? Interruption.ExitCode : ExitCode.Ok;
    }

    private static void Set(MemoryGroup group, ulong bytes)
    {
        try
        {
            group.High = bytes.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The group is gone, or the write was interrupted because the old limit is back.
        }
    }

    private static List<MemoryGroupCounters> Watch(
        MemoryGroup group, TimeSpan duration, double maxPressure, CancellationToken interrupted, out bool endedEarly)
    {
        List<MemoryGroupCounters> seen = [group.Read()];
        endedEarly = false;
        while (seen[^1].Seconds - seen[0].Seconds < duration.TotalSeconds && !endedEarly && !interrupted.WaitHandle.WaitOne(s_period))
        {
            seen.Add(group.Read());
            MemoryGroupCounters then = seen[Math.Max(0, seen.Count - 1 - PressureSeconds)];
            double seconds = seen[^1].Seconds - then.Seconds;
            endedEarly = seen.Count > PressureSeconds && seen[^1].SomeStalledSeconds - then.SomeStalledSeconds > maxPressure * seconds;
        }

        return seen;
    }

    private static void Write(
        VerifyLimitRequest request, (double Rate, double Low, double? High)? prediction, List<MemoryGroupCounters> before,
        List<MemoryGroupCounters> limited, bool endedEarly, bool interrupted, TextWriter output)
    {
        // First what is too much leaves, and the kernel finds out by trying what is not used: a prediction is about what comes after.
        List<MemoryGroupCounters> steady = limited[(limited.Count / 2)..];
        string how = endedEarly ? $"ended early: tasks waited for memory for more than {Percent(request.MaxPressure)} of the time"
            : interrupted ? "interrupted" : "done";
        output.WriteLine($"limit {ReportText.ShortSize(request.LimitBytes)} for {Text($"{Span(limited):F0} s")}: {how}");
        output.WriteLine($"{"",16}{"held",12}{"refaults/s",12}{"major/s",10}{"some wait",11}{"all wait",10}");
        WriteRow("without limit", before, output);
        WriteRow("with limit", limited, output);
        WriteRow("its second half", steady, output);
        double more = Rate(steady, static one => one.Refaults) - Rate(before, static one => one.Refaults);
        if (prediction is { } predicted)
        {
            string range = predicted.High is { } most ? Text($"{predicted.Low:F1} to {most:F1}") : Text($"from {predicted.Low:F1}");
            string factor = predicted.Rate > 0 && more > 0 ? Text($", {more / predicted.Rate:F1} times the prediction") : "";
            output.WriteLine(Text($"predicted {predicted.Rate:F1} refaults/s ({range}), measured {Math.Max(0, more):F1} more than without in the second half{factor}"));
        }
    }

    private static void WriteRow(string name, List<MemoryGroupCounters> seen, TextWriter output) => output.WriteLine(
        $"{name,-16}{ReportText.ShortSize(seen[^1].CurrentBytes),12}{Text($"{Rate(seen, static one => one.Refaults):F1}"),12}"
        + $"{Text($"{Rate(seen, static one => one.MajorFaults):F1}"),10}{Wait(seen, static one => one.SomeStalledSeconds),11}"
        + $"{Wait(seen, static one => one.FullStalledSeconds),10}");

    private static string Wait(List<MemoryGroupCounters> seen, Func<MemoryGroupCounters, double?> stalled) =>
        stalled(seen[^1]) - stalled(seen[0]) is { } seconds && Span(seen) > 0 ? Percent(seconds / Span(seen)) : "unknown";

    private static double Rate(List<MemoryGroupCounters> seen, Func<MemoryGroupCounters, ulong> count) =>
        Span(seen) > 0 ? (count(seen[^1]) - (double)count(seen[0])) / Span(seen) : 0;

    private static double Span(List<MemoryGroupCounters> seen) => seen[^1].Seconds - seen[0].Seconds;

    private static string Percent(double share) => Text($"{share * 100:F1} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
