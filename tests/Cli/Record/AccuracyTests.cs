using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>
/// The way as a whole against known truth: exerciser, accessed bits, monitoring core, EventPipe, .nettrace, reader.
/// Intervals are given, so that no budget stretches them. The first twenty snapshots are left out: ten initial regions need about as many
/// aggregations to adapt, and damo leaves out the same number.
/// </summary>
[Trait("Category", "Linux")]
public sealed class AccuracyTests(ITestOutputHelper log)
{
    private const int AdaptationSnapshots = 20;

    // Of about 78: with fewer, sampling intervals passed without a check in most of them.
    private const int LeastSnapshots = 40;

    [Theory]
    [InlineData("small pages", "--size", "512M", "--hot", "32M", "--warm", "64M")]
    [InlineData("huge pages", "--size", "512M", "--hot", "32M", "--warm", "64M", "--pages", "huge")]
    // Each thread rests 1 ms between sweeps: else eight of them on few CPUs leave hot pages alone for longer than a sampling interval.
    [InlineData("eight threads", "--size", "512M", "--hot", "32M", "--warm", "64M", "--threads", "8", "--throttle", "1ms")]
    public async Task Record_FindsTheWorkingSetOfAKnownWorkload(string name, params string[] workload)
    {
        Capability check = AccessCheckCatalog.Find("access-bits")!.SelfTest();
        Assert.SkipUnless(check.Available, $"access-bits does not work here: {check.Reason}");
        // Regions are split at random, so one recording may be unlucky: when the first one misses, two of three have to hit.
        var host = new HostLoad();
        Accuracy first = await MeasureAsync(name, workload);
        if (IsGood(first))
        {
            return;
        }

        Accuracy second = await MeasureAsync(name, workload);
        Accuracy third = await MeasureAsync(name, workload);
        if (!IsGood(second) || !IsGood(third))
        {
            host.SkipIfBusy();
            Assert.Fail($"{first}\n{second}\n{third}");
        }
    }

    private static bool IsGood(Accuracy accuracy) =>
        accuracy.Snapshots >= LeastSnapshots
        && accuracy.WssError(50) <= 0.10 && accuracy.WssError(75) <= 0.10 && accuracy.HotRecall >= 0.95 && accuracy.ColdAccessed <= 0.02;

    /// <summary>One recording.</summary>
    private async Task<Accuracy> MeasureAsync(string name, string[] workload)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("accuracy.nettrace");
        using var exerciser = ExerciserRun.Start(workload);
        CommandRun run = await CommandRun.RunAsync(
            "record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "10s", "--seed", "1",
            "--check", "access-bits", "-o", path);
        ExerciserTruth truth = exerciser.Stop();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        var accuracy = Accuracy.Of(recorded.Snapshots.Skip(AdaptationSnapshots), truth);
        log.WriteLine($"{name}: {accuracy}\n{run.Error}");
        return accuracy;
    }
}
