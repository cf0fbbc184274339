// How much memory did the processes of a recording use? wss-over-time FILE: every working set as CSV, and on stderr what it comes to.
using Damon.Trace.Events;
using Damon.Trace.Exporters;
using Damon.Trace.Reports.Wss;

WssResult wss;
try
{
    wss = WssReport.Compute(() => RecordingReader.Open(args[0]), new WssOptions { OverTime = true });
}
catch (DamonTraceException problem)
{
    Console.Error.WriteLine($"{problem.Message}; {problem.Hint}");
    return 1;
}

Console.WriteLine("pid,seconds,bytes");
foreach (WssTarget target in wss.Targets)
{
    foreach (WssPoint point in target.OverTime!)
    {
        Console.WriteLine($"{target.Target!.Pid},{(point.EndNs - wss.Recording.BeginNs) / 1e9:F3},{point.Bytes}");
    }

    // Regions that were accessed are counted whole; where the recording has what that takes, an estimate without this bias is next to them.
    Console.Error.WriteLine($"pid {target.Target!.Pid}: {target.MeanBytes:F0} bytes in accessed regions; touched in one sampling interval: "
        + (target.Estimate is { } estimate ? $"{estimate.TouchedPerSampleBytes.P50} ({estimate.LowBytes} to {estimate.HighBytes})" : "unknown"));
}

return 0;
