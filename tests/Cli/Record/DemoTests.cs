namespace Damon.Trace.Cli.Tests.Record;

/// <summary>The first thing a newcomer runs: it must work in the plain program, and show what it said it would.</summary>
[Trait("Category", "Linux")]
public sealed class DemoTests
{
    [Fact]
    public void Demo_RecordsItsOwnTargetAndLeavesTheFilesItNames()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = Bash.Run("TMPDIR=\"$1\" exec $tool demo 4", folder.Path);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("holds 256 MiB and uses 32 MiB of them all the time", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^0x[0-9a-f]{12}\|[^|]*9[^|]*\|$", run.Output);
        Assert.Contains("hottest", run.Output, StringComparison.Ordinal);
        string left = Directory.GetDirectories(folder.Path, "damon-trace-demo-*").Single();
        Assert.Equal(["demo.html", "demo.nettrace"], Directory.GetFiles(left).Select(path => Path.GetFileName(path)!).Order());
        Assert.All(Directory.GetFiles(left), file => Assert.Contains(file, run.Output, StringComparison.Ordinal));
        Assert.True(RecordedSnapshots.Read(Path.Combine(left, "demo.nettrace")).Snapshots.Count > 0);
    }

    /// <summary>Nobody has to end its target.</summary>
    [Fact]
    public void DemoThatIsInterrupted_LeavesNoProcess()
    {
        using var folder = new TemporaryFolder();
        using ToolProcess tool = Bash.Start("export TMPDIR=\"$1\"; exec $tool demo 60", folder.Path);
        string said = tool.Output.ReadLine()!;
        string pid = said.Split(' ')[1];
        tool.Send("TERM");
        _ = tool.Wait();

        // One that is dead has no arguments any more, even where nobody has reaped it yet.
        string arguments = $"/proc/{pid}/cmdline";
        Assert.False(File.Exists(arguments) && File.ReadAllText(arguments).Length > 0, said);
    }
}
