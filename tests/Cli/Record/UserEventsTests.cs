using Damon.Trace.Tracer.Tests;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>The kernel's user_events: a stock perf records damon_aggregated of a real recording as it would the kernel's own tracepoint.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
public sealed class UserEventsTests
{
    private const string Event = "user_events:damon_aggregated";

    /// <summary>perf listens for a part of the recording: what it hears is that part, event for event, with equal fields.</summary>
    [Fact]
    public void Perf_RecordsWhatTheRecordingHolds()
    {
        KernelLab.RequireEverything();
        PerfTool.RequireCompat();
        using var folder = new TemporaryFolder();
        string ours = folder.File("a.nettrace");
        string perfs = folder.File("perf.data");
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms");

        // The event exists from its registration on, and perf looks it up by name when it starts. The recording begins a little later,
        // much later under emulation: perf listens long enough for both.
        using ToolProcess tool = ToolProcess.Start(
            ["record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--user-events", "--duration", "60s", "-o", ours]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(EventFormat), TimeSpan.FromSeconds(60)), "the event was not registered");
        PerfTool.Run("record", "-q", "-N", "-k", "mono", "-e", Event, "-a", "-o", perfs, "--", "sleep", "15");
        tool.Send("INT");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains(Event, run.Error, StringComparison.Ordinal);
        string[] heard = Fields(PerfTool.Run("script", "-F", "trace", "-i", perfs));
        string[] held =
        [
            .. RecordedSnapshots.Read(ours).Snapshots.SelectMany(snapshot => snapshot.Regions.Select(region => FormattableString.Invariant(
                $"target_id={snapshot.TargetId} nr_regions={snapshot.Regions.Length} start={region.Start} end={region.End} nr_accesses={region.NrAccesses} age={region.Age}"))),
        ];
        Assert.NotEmpty(heard);
        int begin = Array.IndexOf(held, heard[0]);
        Assert.True(begin >= 0, $"the recording does not hold {heard[0]}");
        Assert.Equal(heard, held.Skip(begin).Take(heard.Length));
    }

    private static string EventFormat => Path.Combine(TracefsInstance.Root, "events", "user_events", "damon_aggregated", "format");

    private static string[] Fields(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim())];
}
