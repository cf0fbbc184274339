using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>Written pages of a real process: of one that helps, and of one that is made to.</summary>
[Trait("Category", "Linux")]
public sealed class WrittenPagesTests
{
    private static readonly string[] s_workload = ["--size", "64M", "--hot", "8M", "--warm", "0", "--access", "write"];

    [Theory]
    [InlineData("offered")]
    [InlineData("injected")]
    public void Record_FindsTheWrittenRangeAndNothingElse(string origin)
    {
        RequireWrittenPages();
        bool isOffered = origin == "offered";
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start([.. s_workload, "--offer-userfaultfd", isOffered ? "yes" : "no"]);

        // A process of its own: the exerciser is a child of this one, and nobody may trace his own children.
        CommandRun run = ToolProcess.Run(
            ["record", "-p", $"{exerciser.Pid}", "--check", "written-pages", .. isOffered ? Array.Empty<string>() : ["--allow-injection"],
                "--sample", "5ms", "--aggr", "100ms", "--duration", "3s", "-o", path]);
        ExerciserTruth truth = exerciser.Stop();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.All(recorded.Contexts, context => Assert.Equal($"accesses=w granularity=page flushed=yes userfaultfd={origin}", context.Labels));
        (ulong hotStart, ulong hotEnd) = (truth.Hot.Start, truth.Hot.End);
        var regions = recorded.Snapshots.SelectMany(snapshot => snapshot.Regions).ToList();
        Assert.Contains(regions, region => region.Start >= hotStart && region.End <= hotEnd && region.NrAccesses > 0);

        // Populated long before and never written again.
        Assert.DoesNotContain(
            regions, region => region.Start >= truth.Cold.Start && region.End <= truth.Cold.End && region.NrAccesses > 0);
    }

    [Fact]
    public async Task Record_OfAProcessThatDoesNotHelpIsRefusedWithAHint()
    {
        RequireWrittenPages();
        using var exerciser = ExerciserRun.Start(s_workload);

        CommandRun run = await CommandRun.RunAsync("record", "-p", $"{exerciser.Pid}", "--check", "written-pages", "-o", "-");

        Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
        Assert.Contains("offers no userfaultfd", run.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-injection", run.Error, StringComparison.Ordinal);
    }

    private static void RequireWrittenPages()
    {
        Capability check = AccessCheckCatalog.Find("written-pages")!.SelfTest();
        Assert.SkipUnless(check.Available, check.Reason ?? "");
    }
}
