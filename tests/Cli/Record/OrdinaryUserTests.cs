using System.Diagnostics;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>What an ordinary user can do: watch own processes mapping by mapping, and nobody else's.</summary>
[Trait("Category", "Linux")]
public sealed class OrdinaryUserTests
{
    [Fact]
    public void Record_OfAnOwnProcessTakesReferencedMappings()
    {
        OrdinaryUser.Require();
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        string path = folder.File("a.nettrace");
        using Process exerciser = StartExerciserAsNobody(out int pid);

        using ToolProcess tool = OrdinaryUser.StartTool("record", "-p", $"{pid}", "--duration", "3s", "-o", path);
        CommandRun run = tool.Wait();
        exerciser.Kill();
        exerciser.WaitForExit();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.All(recorded.Contexts, context => Assert.Equal("referenced-mappings", context.AccessCheck));
        Assert.All(recorded.Contexts, context => Assert.Contains("granularity=mapping", context.Labels, StringComparison.Ordinal));
        Assert.Contains(recorded.Snapshots, snapshot => snapshot.Regions.Any(region => region.NrAccesses > 0));
        Assert.Contains(recorded.Snapshots, snapshot => snapshot.Regions.Any(region => region.NrAccesses == 0));
    }

    [Fact]
    public void Record_OfSomeoneElsesProcessIsRefused()
    {
        OrdinaryUser.Require();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        using ToolProcess tool = OrdinaryUser.StartTool("record", "-p", $"{exerciser.Pid}", "-o", "-");
        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.TargetGone, run.ExitCode);
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("belongs to", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }

    private static Process StartExerciserAsNobody(out int pid)
    {
        Process process = OrdinaryUser.Start(
            "exerciser", "--size", "32M", "--hot", "8M", "--warm", "0", "--static-rss", "16M", "--duration", "0");
        string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the exerciser did not start");
        pid = JsonDocument.Parse(line).RootElement.GetProperty("pid").GetInt32();
        return process;
    }
}
