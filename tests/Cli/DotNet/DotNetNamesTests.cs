using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Tests.DotNet;

/// <summary>Generations of the heap of a real .NET process that knows where its objects are.</summary>
[Trait("Category", "Linux")]
public sealed class DotNetNamesTests(ITestOutputHelper log)
{
    private static readonly string[] s_workload = ["--size", "64M", "--hot", "4M", "--warm", "0", "--throttle", "1ms", "--managed", "16M"];

    [Fact]
    public void Record_NamesTheGenerationsFromTheFirstSnapshotOn()
    {
        SkipWithoutAccessBits();
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        CommandRun run = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "--check", "access-bits", "--dotnet-names", "--duration", "3s", "-o", path);
        log.WriteLine(run.Error);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);

        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.Contains("dotnet_names=read", recorded.Contexts[0].Labels, StringComparison.Ordinal);
        Assert.Contains("[dotnet jit]", recorded.MappingNames);

        // The large object is where the program says it is, and 8 MiB of small ones are in generation 2.
        (ulong start, ulong end) = ExerciserTruth.Range(exerciser.Ready, "large-object");
        uint first = recorded.Mappings[0].Generation;
        Assert.Equal(end - start, BytesNamed(recorded, first, "[dotnet loh]", start, end));
        Assert.InRange(BytesNamed(recorded, first, "[dotnet gen2]", 0, ulong.MaxValue), 8ul << 20, 16ul << 20);
        Assert.True(BytesNamed(recorded, first, "[dotnet gen0]", 0, ulong.MaxValue) > 0);

        // What it reads with has ended with it.
        Assert.Equal(0, ReadersOf(exerciser.Pid));
    }

    [Fact]
    public void ATargetThatCollectsAllTheTime_LivesThroughHundredsOfReadings()
    {
        // An event session for the same names killed such a target in one of two attempts.
        SkipWithoutAccessBits();
        using var exerciser = ExerciserRun.Start([.. s_workload, "--collect", "yes"]);
        (ulong start, ulong end) = ExerciserTruth.Range(exerciser.Ready, "large-object");
        using Tracer.Targets.TargetProcess process = Tracer.Targets.TargetProcess.Open(exerciser.Pid);
        using Cli.DotNet.TargetRuntime runtime = Cli.DotNet.TargetRuntime.TryOpen(process)!;
        int readings = 0;
        for (int i = 0; i < 600; i++)
        {
            if (runtime.Heap.TryRead() is { } ranges)
            {
                readings++;
                Assert.Contains(ranges, range => range.Name == "[dotnet loh]" && range.Start <= start && end <= range.End);
            }
        }

        log.WriteLine($"{readings} of 600 readings fell between collections");
        Assert.True(readings > 0);

        // It ends as it should, and tells so.
        Assert.True(exerciser.Stop().TouchesPerSecond > 0);
    }

    [Fact]
    public void Record_OfAnotherProgramGoesOnAndTellsWhyThereAreNoNames()
    {
        SkipWithoutAccessBits();
        using var folder = new TemporaryFolder();
        using ToolProcess sleep = ToolProcess.Start("sleep", "60");

        // Programs get some seconds from their start to load a runtime.
        CommandRun run = ToolProcess.Run(
            "record", "-p", $"{sleep.Pid}", "--dotnet-names", "--duration", "1s", "-o", folder.File("a.nettrace"));

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        string[] lines = run.Error.Split('\n');
        int refusal = Array.FindIndex(lines, line => line.Contains("has no .NET runtime", StringComparison.Ordinal));
        Assert.True(refusal >= 0 && lines[refusal + 1].StartsWith("hint: ", StringComparison.Ordinal), run.Error);
        Assert.Contains("dotnet_names=none", RecordedSnapshots.Read(folder.File("a.nettrace")).Contexts[^1].Labels, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheOption_HasNoMeaningWithTheKernel()
    {
        CommandRun run = await CommandRun.RunAsync("record", "--kernel", "--dotnet-names");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--dotnet-names has no meaning with --kernel", run.Error, StringComparison.Ordinal);
    }

    private static void SkipWithoutAccessBits()
    {
        Capability check = AccessCheckCatalog.Find("access-bits")!.SelfTest();
        Assert.SkipUnless(check.Available, $"access-bits does not work here: {check.Reason}");
    }

    /// <summary>Bytes of a range that have a name in one generation of mappings.</summary>
    private static ulong BytesNamed(RecordedSnapshots recorded, uint generation, string name, ulong start, ulong end) =>
        (ulong)recorded.Mappings.Where(mapping => mapping.Generation == generation && mapping.Name == name).Distinct()
            .Sum((MappingDescription mapping) => Math.Max(0, (long)Math.Min(mapping.End, end) - (long)Math.Max(mapping.Start, start)));

    private static int ReadersOf(int pid) => Directory.GetDirectories("/proc").Count(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains($"dotnet-heap\0{pid}\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}
