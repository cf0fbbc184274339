using Damon.Trace.Tracer.Tracepoints.Usdt;

namespace Damon.Trace.Tracer.Tests.Usdt;

/// <summary>The real tracers, each attached to its own library: what they record is what was fired, and nothing stays behind.</summary>
[Trait("Category", "Linux")]
public sealed class UsdtTracersTests(ITestOutputHelper log) : IDisposable
{
    private const int Count = 2000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Tracefs_RecordsEveryEventWithNamedFields()
    {
        ForeignTool.RequireRoot("uprobe_events is root's");
        string uprobes = Path.Combine(TracefsInstance.Root, "uprobe_events");
        Assert.SkipUnless(File.Exists(uprobes), "the kernel has no uprobe_events (CONFIG_UPROBE_EVENTS)");
        using UsdtTracepoint tracepoint = Register();
        string group = $"damon_test_{Environment.ProcessId}";

        File.AppendAllText(uprobes, tracepoint.DescribeUprobe(group, "damon_aggregated") + "\n");
        try
        {
            using var instance = new TracefsInstance(group);
            Assert.Equal(0, tracepoint.NrListeners);
            instance.Enable(group, "damon_aggregated");
            Assert.Equal(1, tracepoint.NrListeners);
            ProbeFire.Fire(tracepoint, Count);
            string[] lines = instance.ReadLines();
            ProbeCost.Report(log, tracepoint, "tracefs records", 2_000);
            instance.Disable();
            Assert.Equal(0, tracepoint.NrListeners);

            Assert.Equal(
                ProbeFire.Expected(Count, ProbeFire.NamedFields),
                lines.Select(line => line[line.IndexOf("target_id=", StringComparison.Ordinal)..]));
        }
        finally
        {
            File.AppendAllText(uprobes, $"-:{group}/damon_aggregated\n");
        }
    }

    [Fact]
    public void Perf_FindsTheProbeInItsCacheAndRecordsEveryEvent()
    {
        const string Event = "sdt_damon:aggregated";
        string perf = ForeignTool.Require("perf");
        ForeignTool.RequireRoot("perf probe writes to uprobe_events");
        Assert.SkipWhen(Directory.Exists(Path.Combine(TracefsInstance.Root, "events", "sdt_damon")), "somebody has defined sdt_damon already");
        using UsdtTracepoint tracepoint = Register();
        string cache = _directory.File("debug");
        ForeignTool.Run(perf, "--buildid-dir", cache, "buildid-cache", "--add", tracepoint.LibraryPath!);
        Assert.Contains(Event, ForeignTool.Run(perf, "--buildid-dir", cache, "list", "sdt"));

        ForeignTool.Run(perf, "--buildid-dir", cache, "probe", Event);
        try
        {
            string data = _directory.File("perf.data");
            string started = _directory.File("started");
            using ForeignTool recorder = ForeignTool.Start(
                perf,
                ["--buildid-dir", cache, "record", "-a", "-m", "4M", "-o", data, "-e", Event,
                    "--", "sh", "-c", $"touch {started}; exec sleep 60"]);
            AwaitFile(started);
            Assert.Equal(1, tracepoint.NrListeners);
            ProbeFire.Fire(tracepoint, Count);
            ProbeCost.Report(log, tracepoint, "perf records", 200);
            recorder.Stop();
            ProbeFire.AwaitListeners(tracepoint, 0);

            string[] lines = ForeignTool.Run(perf, "script", "-i", data, "-F", "trace").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                ProbeFire.Expected(Count, (target, nr, region) =>
                    $"arg1={target} arg2={nr} arg3={region.Start} arg4={region.End} arg5={region.NrAccesses} arg6={region.Age}"),
                lines.Take(Count).Select(line => line[line.IndexOf("arg1=", StringComparison.Ordinal)..].TrimEnd()));
            Assert.Equal(Count + ProbeCost.Fired(200), lines.Length);
        }
        finally
        {
            ForeignTool.Run(perf, "probe", "--del", Event);
        }
    }

    [Fact]
    public void Bpftrace_SeesEveryEvent()
    {
        string bpftrace = ForeignTool.Require("bpftrace");
        ForeignTool.RequireRoot("bpftrace needs it");
        using UsdtTracepoint tracepoint = Register();
        string program = $"usdt:{tracepoint.LibraryPath}:damon:aggregated "
            + "{ @n = count(); printf(\"%llu %u %llu %llu %u %u\\n\", arg0, arg1, arg2, arg3, arg4, arg5); }";

        using ForeignTool tracer = ForeignTool.Start(
            bpftrace, ["-q", "-e", program], new Dictionary<string, string> { ["BPFTRACE_PERF_RB_PAGES"] = "1024" });
        ProbeFire.AwaitListeners(tracepoint, 1, tracer);
        ProbeFire.Fire(tracepoint, Count);

        // It prints as it reads, and stops reading when it is told to end.
        Thread.Sleep(2000);
        (int _, string output, string error) = tracer.Stop();
        ProbeFire.AwaitListeners(tracepoint, 0);

        string[] lines = [.. output.Split('\n').Where(line => line.Count(c => c == ' ') == 5)];
        Assert.True(lines.Length > 0, error + output);
        Assert.Contains($"@n: {Count}\n", output);
        Assert.Equal(
            ProbeFire.Expected(Count, (target, nr, region) =>
                $"{target} {nr} {region.Start} {region.End} {region.NrAccesses} {region.Age}"),
            lines);
    }

    private UsdtTracepoint Register()
    {
        UsdtTracepoint tracepoint = UsdtTracepoint.Register(_directory.Path);
        Assert.True(tracepoint.Capability.Available, tracepoint.Capability.Reason);
        return tracepoint;
    }

    /// <summary>perf opens its events first, which raises the semaphore, then enables them, and starts its program last.</summary>
    private static void AwaitFile(string path)
    {
        for (int i = 0; !File.Exists(path); i++)
        {
            Assert.True(i < 600, "perf record did not start within 30 s");
            Thread.Sleep(50);
        }
    }
}
