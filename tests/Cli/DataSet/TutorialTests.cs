namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>docs/tutorial.md, with a tenth of the data.</summary>
[Trait("Category", "Linux")]
public sealed class TutorialTests
{
    [Fact]
    public void Tutorial_RunsFromServerToAdvice()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        NotebookTests.SkipWithoutJupyter();
        Assert.SkipUnless(File.Exists("/usr/bin/redis-server"), "redis-server is not installed");
        using var folder = new TemporaryFolder();
        using ToolProcess run = ToolProcess.Start(
            "env", $"DAMON_TRACE={Repository.Program("damon-trace")}", $"HOME={folder.Path}",
            Path.Combine(Repository.Root, "tools", "tutorial", "run"), "--small", folder.Path);
        CommandRun result = run.Wait(TimeSpan.FromMinutes(4));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);

        string page = File.ReadAllText(folder.File("tutorial.md"));
        Assert.Matches(@"redis-server: \d+ MiB were cold for at least \d+ s", page);
        Assert.DoesNotContain(folder.Path, page, StringComparison.Ordinal);
        Assert.All(
            (string[])["heatmap.png", "wss.png", "cold.png"],
            name => Assert.True(new FileInfo(Path.Combine(folder.Path, "tutorial", name)).Length > 1000, name));
    }
}
