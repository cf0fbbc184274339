using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;
using Xunit.Abstractions;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>A recording of a real .NET process names the generations of its heap and its generated code.</summary>
[Trait("Category", "Linux")]
public sealed class DotNetNamesTests(ITestOutputHelper log)
{
    private const int AdaptationSnapshots = 20;

    private static readonly string[] s_workload = ["--size", "64M", "--hot", "4M", "--warm", "0", "--throttle", "1ms", "--managed", "16M"];

    [SkippableTheory]
    [InlineData("passive")]
    [InlineData("collect")]
    public async Task Record_NamesTheGenerationsAndShowsThemCold(string how)
    {
        Capability check = AccessCheckCatalog.Find("access-bits")!.SelfTest();
        Skip.IfNot(check.Available, $"access-bits does not work here: {check.Reason}");
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        CommandRun run = await CommandRun.RunAsync(
            "record", "-p", $"{exerciser.Pid}", "--check", "access-bits", "--sample", "5ms", "--dotnet-names", how, "--duration", "8s", "-o", path);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        log.WriteLine(run.Error);

        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.Contains($"dotnet_names={how}", recorded.Contexts[^1].Labels, StringComparison.Ordinal);
        Assert.Contains("[dotnet jit]", recorded.MappingNames);

        // The large object is where the program says it is, and 8 MiB of small ones are in generation 2.
        (ulong start, ulong end) = ExerciserTruth.Range(exerciser.Ready, "large-object");
        Assert.Equal(end - start, BytesNamed(recorded, "[dotnet loh]", start, end));
        Assert.InRange(BytesNamed(recorded, "[dotnet gen2]", 0, ulong.MaxValue), 8ul << 20, 32ul << 20);

        // Nobody touches it: what is found accessed in it are the borders of regions that reach into it.
        Assert.True(AccessedShare(recorded, start, end) < 0.2, $"{AccessedShare(recorded, start, end):P1} of the large object looks accessed");
        CommandRun report = await CommandRun.RunAsync("report", "regions", "-i", path);
        Assert.Contains("[dotnet loh]", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_WithoutTheOptionAsksNobody()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        CommandRun run = await CommandRun.RunAsync("record", "-p", $"{exerciser.Pid}", "--duration", "2s", "-o", path);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.DoesNotContain(recorded.MappingNames, name => name.StartsWith("[dotnet gen", StringComparison.Ordinal));
        Assert.Contains("[dotnet jit]", recorded.MappingNames);
    }

    /// <summary>Bytes of a range that have a name in the newest generation of mappings.</summary>
    private static ulong BytesNamed(RecordedSnapshots recorded, string name, ulong start, ulong end)
    {
        uint newest = recorded.Mappings.Max(mapping => mapping.Generation);
        return (ulong)recorded.Mappings.Where(mapping => mapping.Generation == newest && mapping.Name == name).Distinct()
            .Sum(mapping => Math.Max(0, (long)Math.Min(mapping.End, end) - (long)Math.Max(mapping.Start, start)));
    }

    private static double AccessedShare(RecordedSnapshots recorded, ulong start, ulong end)
    {
        double accessed = 0;
        double all = 0;
        foreach (RecordedSnapshot snapshot in recorded.Snapshots.Skip(AdaptationSnapshots))
        {
            foreach (Exporters.Recordings.RegionEvent region in snapshot.Regions)
            {
                double bytes = Math.Max(0, (long)Math.Min(region.End, end) - (long)Math.Max(region.Start, start));
                all += bytes;
                accessed += region.NrAccesses > 0 ? bytes : 0;
            }
        }

        return accessed / all;
    }
}
