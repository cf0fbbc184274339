using Damon.Trace.Events;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>A recording tells what its target holds, next to what it accesses.</summary>
[Trait("Category", "Linux")]
public sealed class FootprintTests
{
    [Fact]
    public async Task Record_TellsTheFootprintAboutOncePerSecondAndNamesGeneratedCode()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "1M", "--warm", "0", "--throttle", "2ms");
        CommandRun run = await CommandRun.RunAsync("record", "-p", $"{exerciser.Pid}", "--duration", "3500ms", "-o", path);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);

        // Read at 0, 1, 2 and 3 s and emitted with the next snapshot: on a busy machine the last ones may miss the end.
        Assert.InRange(recorded.Footprints.Count, 1, 4);
        Assert.All(recorded.Footprints, footprint =>
        {
            Assert.Equal(0ul, footprint.TargetId);
            Assert.InRange(footprint.RssBytes, 64ul << 20, 512ul << 20);
            Assert.True(footprint.VszBytes >= footprint.RssBytes);
            Assert.True(footprint.PssBytes <= footprint.RssBytes || footprint.PssBytes == Footprint.Unknown);
        });
        // The exerciser is a .NET program.
        Assert.Contains("[dotnet jit]", recorded.MappingNames);
        Assert.NotEqual(Footprint.Unknown, recorded.Footprints[0].PssBytes);
        Assert.Equal(recorded.Footprints.OrderBy(footprint => footprint.TimeNs), recorded.Footprints);
    }
}
