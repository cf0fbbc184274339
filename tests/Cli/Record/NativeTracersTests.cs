using Damon.Trace.Tracer.Tests;
using Damon.Trace.Tracer.Tracepoints.Usdt;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>Foreign tracers see a real recording; nothing stays behind.</summary>
[Trait("Category", "Linux")]
public sealed class NativeTracersTests
{
    private static readonly string[] s_workload = ["--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms"];

    [Fact]
    public void Perf_ReadsThePipeLive()
    {
        string compat = PerfTool.RequireCompat();
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        string record = $"{Repository.Program("damon-trace")} record -p {exerciser.Pid} --sample 5ms --aggr 100ms --duration 3s";
        using ToolProcess shell = ToolProcess.Start(
            "bash", "-o", "pipefail", "-c", $"{record} -o {path} -o - --format perf-pipe | perf script -i -");

        CommandRun run = shell.Wait();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.NotEmpty(run.Output);
        Assert.Equal(ToolProcess.Run("script", "-i", path, "--perf-compat", compat).Output, run.Output);
    }

    /// <summary>The library is the same for every recorder, so a tracer may attach before the recording begins.</summary>
    [Fact]
    public void Usdt_IsSeenByTracefs()
    {
        string uprobes = Path.Combine(TracefsInstance.Root, "uprobe_events");
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists(uprobes), "uprobe_events is root's, or the kernel has none");
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using UsdtTracepoint library = UsdtTracepoint.Register();
        Assert.True(library.Capability.Available, library.Capability.Reason);
        string group = $"damon_cli_{Environment.ProcessId}";
        File.AppendAllText(uprobes, library.DescribeUprobe(group, "damon_aggregated") + "\n");
        try
        {
            using var instance = new TracefsInstance(group);
            instance.Enable(group, "damon_aggregated");
            using var exerciser = ExerciserRun.Start(s_workload);
            CommandRun run = ToolProcess.Run(
                "record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "3s", "--usdt", "-o", path);
            string[] lines = instance.ReadLines();

            Assert.Equal(ExitCode.Ok, run.ExitCode);
            Assert.Contains($"USDT probe damon:aggregated in {library.LibraryPath}", run.Error, StringComparison.Ordinal);
            Assert.NotEmpty(lines);
            Assert.Equal(RecordedSnapshots.Read(path).End!.Events, lines.Length);
            Assert.All(lines, line => Assert.Contains("kdamond.0", line, StringComparison.Ordinal));
        }
        finally
        {
            File.AppendAllText(uprobes, $"-:{group}/damon_aggregated\n");
        }
    }

    [Fact]
    public async Task Record_GoesOnWithoutWhatTheMachineRefuses()
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);

        CommandRun run = await CommandRun.RunAsync(
            "record", "-p", $"{exerciser.Pid}", "--duration", "1s", "--user-events", "--lttng", "-o", folder.File("a.nettrace"));

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        foreach (string family in (string[])["user", "LTTng|lttng"])
        {
            Assert.Matches($"damon-trace: (no ({family})[^ ]* events: .+|.*({family})[^\n]*damon[_:])", run.Error);
        }
    }

    [Fact]
    public async Task Doctor_ListsTheTracerFamilies()
    {
        CommandRun run = await CommandRun.RunAsync("doctor");

        foreach (string family in (string[])["USDT", "user_events", "LTTng"])
        {
            Assert.Matches($@"(?m)^  {family} +(yes|no ) ", run.Output);
        }
    }
}
