using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>However a recording ends, what was recorded is readable and the last line tells what there is.</summary>
[Trait("Category", "Linux")]
public sealed class EndingTests
{
    private static readonly string[] s_workload = ["--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms"];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Record_EndsCleanlyOnASignal(string signal)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        using ToolProcess tool = Start(exerciser, "-o", path);

        WaitForData(path);
        tool.Send(signal);
        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("interrupted after", run.Error, StringComparison.Ordinal);
        AssertWhole(path);
    }

    [Fact]
    public void Record_EndsOnSigintAlsoAsABackgroundCommandOfAScript()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        using ToolProcess tool = ToolProcess.Start(
            "/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh", Repository.Program("damon-trace"), "record", "-p", $"{exerciser.Pid}", "-o", path);

        WaitForData(path);
        tool.Send("INT");
        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        AssertWhole(path);
    }

    /// <summary>Gone before it was opened, before its memory was looked at, or after: the recording ends, and says that there is nothing in it.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("sleep", "0.3")]
    [InlineData("sleep", "0.4")]
    [InlineData("sleep", "0.5")]
    public void Record_EndsWithACommandThatEndsAtOnce(params string[] command)
    {
        CommandRun run = ToolProcess.Run(["record", "-o", "-", "--", .. command]);

        Assert.Equal(run.Output.Length == 0 ? ExitCode.TargetGone : ExitCode.Ok, run.ExitCode);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_EndsWithItsTarget()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        using ToolProcess tool = Start(exerciser, "-o", path);

        WaitForData(path);
        exerciser.Stop();
        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("target exited after", run.Error, StringComparison.Ordinal);
        AssertWhole(path);
    }

    [Fact]
    public void Record_KilledLeavesAReadablePartialFile()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        using ToolProcess tool = Start(exerciser, "-o", path);

        WaitForData(path);
        tool.Send("KILL");
        tool.Wait();

        Assert.False(File.Exists(path));
        RecordedSnapshots recorded = RecordedSnapshots.Read(path + ".partial");
        Assert.NotEmpty(recorded.Snapshots);
        Assert.All(recorded.Snapshots.SkipLast(1), snapshot => Assert.True(snapshot.Complete));
    }

    [Fact]
    public void Record_EndsWhenTheOnlyReaderClosesItsPipe()
    {
        using var exerciser = ExerciserRun.Start(s_workload);
        string command = $"{Repository.Program("damon-trace")} record -p {exerciser.Pid} --sample 5ms --aggr 100ms -o - | head -1";
        using ToolProcess tool = ToolProcess.Start("bash", "-o", "pipefail", "-c", command);

        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("damon:damon_aggregated: target_id=0", run.Output, StringComparison.Ordinal);
        Assert.Single(run.Output.Trim().Split('\n'));
        Assert.Contains("reader gone after", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_IsNotHeldByAReaderThatStopsReading()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        // Nobody reads this process's stdout: once the pipe is full, every write to it would wait for ever.
        using ToolProcess tool = Start(exerciser, "-o", path, "-o", "-", "--max-regions", "1000", "--min-regions", "900", "--duration", "4s");

        CommandRun run = tool.WaitUnread();

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("stdout: its reader does not read", run.Error, StringComparison.Ordinal);
        AssertWhole(path);
    }

    [Fact]
    public void Record_EndsCleanlyOnAFullDisk()
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounting a small tmpfs needs root");
        using var folder = new TemporaryFolder();
        Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder.Path);
        try
        {
            string path = folder.File("a.nettrace");
            using var exerciser = ExerciserRun.Start(s_workload);
            using ToolProcess tool = Start(exerciser, "-o", path, "--min-regions", "900", "--duration", "60s");

            CommandRun run = tool.Wait();

            Assert.Equal(ExitCode.OutputFailed, run.ExitCode);
            Assert.Contains("output failed after", run.Error, StringComparison.Ordinal);
            Assert.Contains("No space left on device", run.Error, StringComparison.Ordinal);
            Assert.NotEmpty(RecordedSnapshots.Read(path).Snapshots);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    [Fact]
    public void Record_OfACommandEndsWithIt()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        CommandRun run = ToolProcess.Run(
            "record", "--sample", "5ms", "--aggr", "100ms", "-o", path, "--",
            Repository.Program("exerciser"), "--size", "32M", "--hot", "4M", "--warm", "0", "--duration", "2s");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("target exited after", run.Error, StringComparison.Ordinal);
        AssertWhole(path);
    }

    private static ToolProcess Start(ExerciserRun exerciser, params string[] arguments) =>
        ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", .. arguments]);

    private static void WaitForData(string path) => Assert.True(RecordedSnapshots.Await(() => path + ".partial"), "nothing was recorded within a minute");

    private static void AssertWhole(string path)
    {
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.NotEmpty(recorded.Snapshots);
        Assert.All(recorded.Snapshots, snapshot => Assert.True(snapshot.Complete));
        Assert.Null(recorded.End!.Truncation);
        Assert.Equal(0, recorded.End.LostEvents);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
