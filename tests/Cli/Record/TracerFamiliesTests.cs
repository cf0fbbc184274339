using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text.RegularExpressions;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Tracer.Tests;
using Damon.Trace.Tracer.Tests.LttngUst;
using Damon.Trace.Tracer.Tracepoints.Usdt;
using Microsoft.Diagnostics.NETCore.Client;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>
/// perf, bpftrace, LTTng and a second EventPipe session record one running damon-trace at once: each sees every event, with the same fields
/// in the same order as the recording itself.
/// </summary>
[Trait("Category", "Linux")]
public sealed partial class TracerFamiliesTests(ITestOutputHelper log) : IDisposable
{
    private const string Sdt = "sdt_damon:aggregated";

    private readonly TemporaryFolder _folder = new();
    private readonly string _group = $"damon_user_{Environment.ProcessId}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryFamilyRecordsTheSameEvents()
    {
        string perf = ForeignTool.Require("perf");
        string bpftrace = ForeignTool.Require("bpftrace");
        ForeignTool.RequireRoot("uprobes are root's");
        Assert.SkipWhen(Directory.Exists(Path.Combine(TracefsInstance.Root, "events", "sdt_damon")), "somebody has defined sdt_damon already");
        using UsdtTracepoint library = UsdtTracepoint.Register();
        Assert.True(library.Capability.Available, library.Capability.Reason);
        using LttngSession lttng = new();
        lttng.Record("damon:aggregated");
        string recording = _folder.File("a.nettrace");
        string perfData = _folder.File("perf.data");

        string[] session;
        string bpftraceOutput;
        DefineProbes(perf, library);
        try
        {
            using ForeignTool bpftraceRun = StartBpftrace(bpftrace, library);
            using ForeignTool perfRun = StartPerf(perf, perfData);
            session = Record(recording);
            perfRun.Stop();
            bpftraceOutput = bpftraceRun.Stop().Output;
        }
        finally
        {
            RemoveProbes(perf);
        }

        RecordedSnapshots recorded = RecordedSnapshots.Read(recording);
        string[] expected = [.. recorded.Snapshots.SelectMany(snapshot => snapshot.Regions.Select(region =>
            Line(snapshot.TargetId, (uint)snapshot.Regions.Length, region)))];
        Assert.NotEmpty(expected);
        Assert.All(recorded.Snapshots, snapshot => Assert.True(snapshot.Complete));

        Check("bpftrace", expected, [.. bpftraceOutput.Split('\n').Where(line => line.Count(letter => letter == ' ') == 5)]);
        Check("LTTng", expected, [.. lttng.StopAndRead().Select(Numbers)]);
        Assert.NotEmpty(session);
        Check("EventPipe, attached later", expected[^session.Length..], session);
        CheckPerf(recording, perfData, expected.Length);
    }

    /// <summary>perf recorded every event under two names: read as one recording, printed as the kernel's text.</summary>
    private void CheckPerf(string recording, string perfData, int count)
    {
        CommandRun ours = ToolProcess.Run("script", "-i", recording);
        CommandRun perfs = ToolProcess.Run("script", "-i", perfData);
        Check("perf", WithoutCpuAndTime(ours.Output), WithoutCpuAndTime(perfs.Output));
        Assert.Contains($"damon-trace: {count} events were left out", perfs.Error, StringComparison.Ordinal);
    }

    private void Check(string family, string[] expected, string[] actual)
    {
        log.WriteLine($"{family}: {actual.Length} of {expected.Length} events");
        Assert.Equal(expected, actual);
    }

    private void DefineProbes(string perf, UsdtTracepoint library)
    {
        ForeignTool.Run(perf, "--buildid-dir", _folder.File("debug"), "buildid-cache", "--add", library.LibraryPath!);
        ForeignTool.Run(perf, "--buildid-dir", _folder.File("debug"), "probe", Sdt);
        File.AppendAllText(Path.Combine(TracefsInstance.Root, "uprobe_events"), library.DescribeUprobe(_group, "damon_aggregated") + "\n");
    }

    private void RemoveProbes(string perf)
    {
        File.AppendAllText(Path.Combine(TracefsInstance.Root, "uprobe_events"), $"-:{_group}/damon_aggregated\n");
        ForeignTool.Run(perf, "probe", "--del", Sdt);
    }

    private static ForeignTool StartBpftrace(string bpftrace, UsdtTracepoint library)
    {
        string program = $"usdt:{library.LibraryPath}:damon:aggregated "
            + "{ printf(\"%llu %u %llu %llu %u %u\\n\", arg0, arg1, arg2, arg3, arg4, arg5); }";
        ForeignTool tool = ForeignTool.Start(
            bpftrace, ["-q", "-e", program], new Dictionary<string, string> { ["BPFTRACE_PERF_RB_PAGES"] = "1024" });
        Await(() => library.NrListeners > 0, () => $"bpftrace did not attach{(tool.HasExited ? ": " + tool.WaitForEnd().Error : "")}");
        return tool;
    }

    /// <summary>perf enables its events before it starts its program.</summary>
    private ForeignTool StartPerf(string perf, string data)
    {
        string started = _folder.File("started");
        ForeignTool tool = ForeignTool.Start(
            perf,
            ["record", "-a", "-k", "mono", "-m", "4M", "-o", data, "-e", Sdt, "-e", $"{_group}:damon_aggregated",
                "--", "sh", "-c", $"touch {started}; exec sleep 60"]);
        Await(() => File.Exists(started), () => $"perf record did not start{(tool.HasExited ? ": " + tool.WaitForEnd().Error : "")}");
        return tool;
    }

    /// <summary>Null while the runtime has no port yet, or one that does not listen yet.</summary>
    private static EventPipeSession? TryAttach(int pid)
    {
        try
        {
            return new DiagnosticsClient(pid).StartEventPipeSession(
                [new EventPipeProvider("Damon", EventLevel.Informational)], requestRundown: false);
        }
        catch (ServerNotAvailableException)
        {
            return null;
        }
    }

    /// <summary>Records an exerciser, and attaches a session of our own to the recorder; returns what that session saw.</summary>
    private string[] Record(string path)
    {
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms");
        using ToolProcess tool = ToolProcess.Start(
            ["record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "6s", "--usdt", "--lttng", "-o", path]);
        EventPipeSession? attached = null;
        Await(() => (attached = TryAttach(tool.Pid)) is not null, () => "the recorder has no diagnostic port");
        using EventPipeSession session = attached!;
        RecordedSnapshots seen = new();
        new NetTraceReader(session.EventStream).Read(seen, CancellationToken.None);
        CommandRun run = tool.Wait();
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.DoesNotContain("damon-trace: no ", run.Error, StringComparison.Ordinal);

        // bpftrace prints as it reads, and stops reading when it is told to end.
        Thread.Sleep(2000);

        // The first snapshot may have begun before the session did.
        return [.. seen.Snapshots.Where(snapshot => snapshot.Complete).SelectMany(snapshot => snapshot.Regions.Select(region =>
            Line(snapshot.TargetId, (uint)snapshot.Regions.Length, region)))];
    }

    private static void Await(Func<bool> condition, Func<string> otherwise)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 600, otherwise());
            Thread.Sleep(50);
        }
    }

    private static string Line(ulong targetId, uint nrRegions, RegionEvent region) => string.Create(
        CultureInfo.InvariantCulture, $"{targetId} {nrRegions} {region.Start} {region.End} {region.NrAccesses} {region.Age}");

    /// <summary>The values of "{ target_id = 0, nr_regions = 10, ... }".</summary>
    private static string Numbers(string line) =>
        string.Join(' ', Values().Matches(line[line.IndexOf("target_id", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value));

    /// <summary>A tracer reads clock and cpu when the event reaches it: only the thread and the fields are the same.</summary>
    private static string[] WithoutCpuAndTime(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            string[] words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            return $"{words[0]} {words[1]} {words[4]}";
        }),
    ];

    [GeneratedRegex("= ([0-9]+)")]
    private static partial Regex Values();
}
