namespace Damon.Trace.Cli.Tests.Record;

/// <summary>What a recording says about its targets while it runs and at its end.</summary>
[Trait("Category", "Linux")]
public sealed class TargetTests
{
    /// <summary>As perf does.</summary>
    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("sleep 0.1; exit 3", 3)]
    [InlineData("sleep 0.3; exit 3", 3)]
    [InlineData("sleep 0.5; kill -KILL $$", 137)]
    [InlineData("sleep 3; exit 3", 3)]
    [InlineData("sleep 3; kill -SEGV $$", 139)]
    [InlineData("sleep 3; exit 0", 0)]
    public void Command_GivesItsExitCodeOn(string line, int exitCode)
    {
        CommandRun run = Bash.Run($"$tool record --format txt -o /dev/null -- bash -c '{line}'");

        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}: {run.Error}");
        Assert.True(exitCode == 0 || run.Error.Contains($"exit code {exitCode}", StringComparison.Ordinal), run.Error);
    }

    /// <summary>As from a shell: this program ignores SIGPIPE, as .NET does, the command must not.</summary>
    [Fact]
    public void Command_DoesNotIgnoreBrokenPipes()
    {
        CommandRun run = Bash.Run("$tool record --format txt -o /dev/null -- grep SigIgn /proc/self/status");

        const ulong Sigpipe = 1UL << (13 - 1);
        Assert.StartsWith("SigIgn:", run.Output, StringComparison.Ordinal);
        Assert.Equal(0UL, Convert.ToUInt64(run.Output.Split('\t')[1].Trim(), 16) & Sigpipe);
    }

    [Fact]
    public void CommandThatRunsOn_EndsWithTheRecordingAndThatIsSaid()
    {
        CommandRun run = Bash.Run("$tool record --format txt -o /dev/null --duration 2s -- sleep 60");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("'sleep' (", run.Error, StringComparison.Ordinal);
        Assert.Contains("ends with the recording", run.Error, StringComparison.Ordinal);
    }

    /// <summary>While it is recorded, and to everybody who reads the recording later.</summary>
    [Fact]
    public void ChildrenOfATarget_AreSaidNotToBeRecorded()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = Bash.Run("$tool record --duration 5s -o \"$1\" -- bash -c 'sleep 12 >/dev/null 2>&1; true'", folder.File("a.nettrace"));

        Assert.Contains("the memory of children is not recorded: sleep (", run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: record -p ", run.Error, StringComparison.Ordinal);
        string[] shown = ["$tool report \"$1\"", "$tool report \"$1\" --json", "$tool report \"$1\" -o \"$1.html\" && cat \"$1.html\""];
        Assert.All(shown, line => Assert.Contains(
            "the memory of children of process ", Bash.Run(line, folder.File("a.nettrace")).Output, StringComparison.Ordinal));
    }

    /// <summary>Large ones are still there when their memory has gone, which is looked at meanwhile.</summary>
    [Theory]
    [InlineData("--duration 15s", "16M")]
    [InlineData("--duration 5s --exact --aggr 50ms", "1G")]
    public void OneOfTwoTargetsThatExits_IsSaid(string options, string size)
    {
        using var first = ExerciserRun.Start("--size", size, "--hot", size, "--warm", "0");
        using var second = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        using ToolProcess tool = Bash.Start($"exec $tool record -o - -p $1,$2 {options}", $"{first.Pid}", $"{second.Pid}");
        Assert.NotNull(tool.Output.ReadLine());
        first.Stop();
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains($"({first.Pid}) has exited; 1 of 2 are still recorded", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The same number stands for two processes there.</summary>
    [Fact]
    public void NewPidNamespaceWithTheOldProc_IsSaid()
    {
        Assert.SkipUnless(Environment.UserName == "root", "making a PID namespace needs root");
        CommandRun run = Bash.Run("unshare --pid --fork $tool record -o - -- sleep 5");
        Assert.SkipWhen(run.Error.StartsWith("unshare:", StringComparison.Ordinal), "PID namespaces cannot be made here");

        run.AssertMistake(ExitCode.TargetGone, "/proc is that of another PID namespace");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("sleep 0.2")]
    public void CommandTooShortToRecord_IsNoSuccess(string command)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = Bash.Run($"$tool record -o \"$1\" -- {command}", folder.File("a.nettrace"));

        // A slow machine may see all of a command that is over at once on another.
        Assert.Equal(run.ExitCode == ExitCode.Ok, File.Exists(folder.File("a.nettrace")));
        Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.TargetGone, run.Error);
    }

    [Fact]
    public void StartLine_NamesTheCheckAndWhyItIsACoarseOne()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        CommandRun run = Bash.Run("$tool record --format txt -o /dev/null -p $1 --duration 2s", $"{exerciser.Pid}");

        string line = run.Error.Split('\n').First(said => said.Contains("recording exerciser", StringComparison.Ordinal));
        Assert.Matches("with (access-bits|idle-pages|referenced-mappings, which sees whole mappings only \\(.+\\));", line);
    }
}
