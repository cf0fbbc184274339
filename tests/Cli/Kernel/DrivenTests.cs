using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Tracer.Tests;

namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>The kernel's DAMON driven for real, which only the kernel lab allows.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
public sealed class DrivenTests
{
    private const string Kdamonds = "/sys/kernel/mm/damon/admin/kdamonds";

    private static readonly string[] s_workload = ["--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "1ms"];

    // Emulation is slow: four times the default intervals.
    private static readonly string[] s_attributes =
        ["--sample", "20ms", "--aggr", "400ms", "--update", "1s", "--min-regions", "10", "--max-regions", "60"];

    /// <summary>One workload, one set of attributes, two that sample: both keep the rules and find the hot range.</summary>
    [Fact]
    public void Vaddr_AndOurCore_KeepTheSameRulesAndFindTheHotRange()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        RecordedSnapshots kernels = Record(folder.File("kernel-vaddr.nettrace"), ["--kernel", "--ops", "vaddr", "-p", $"{exerciser.Pid}"]);
        RecordedSnapshots ours = Record(folder.File("own-vaddr.nettrace"), ["--check", "access-bits", "-p", $"{exerciser.Pid}"]);
        Keep(folder);
        ExerciserTruth truth = exerciser.Stop();

        Assert.All(kernels.Contexts, context => Assert.Equal(("vaddr", "kernel"), (context.Operations, context.AccessCheck)));
        Assert.Contains("flushed=no source=kernel addresses=virtual", kernels.Contexts[0].Labels, StringComparison.Ordinal);
        TargetDescription target = Assert.Single(kernels.Targets.Distinct());
        Assert.Equal((exerciser.Pid, "exerciser"), (target.Pid, target.Comm));
        Assert.Contains("[heap]", kernels.MappingNames);
        foreach (RecordedSnapshots recorded in (RecordedSnapshots[])[kernels, ours])
        {
            RegionRules rules = RegionRules.Check(recorded.Contexts[0].Attributes, recorded.Snapshots);
            Assert.True(rules.Violations.Count == 0, $"{recorded.Contexts[0].AccessCheck}: {string.Join('\n', rules.Violations)}");
            double share = HotShare(recorded.Snapshots.Skip(5), truth);
            Assert.True(share > 0.6, $"{recorded.Contexts[0].AccessCheck}: only {share:F2} of the accesses are in the hot range");
        }
    }

    /// <summary>The kernel applies a scheme file; what it was tried on and its counters come back in the stream. The cold 56 MB match, the hot 8 do not.</summary>
    [Fact]
    public void Schemes_AreAppliedByTheKernelAndToldInTheStream()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        string schemes = folder.File("schemes.yaml");
        File.WriteAllText(schemes, "- action: stat\n  access_pattern:\n    nr_accesses: {min: 0 %, max: 0 %}\n    age: {min: 1 s, max: max}\n");
        string path = folder.File("s.nettrace");
        using ToolProcess tool = ToolProcess.Start(
            ["record", "--kernel", "-p", $"{exerciser.Pid}", .. s_attributes, "--schemes", schemes, "--duration", "12s", "-o", path]);
        CommandRun run = tool.Wait(TimeSpan.FromMinutes(4)); // emulated, on a busy machine: a minute until it begins
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal("0", Read("nr_kdamonds"));

        CommandRun report = ToolProcess.Run("report", "schemes", path, "--json");

        using var json = System.Text.Json.JsonDocument.Parse(report.Output);
        System.Text.Json.JsonElement scheme = Assert.Single(json.RootElement.GetProperty("schemes").EnumerateArray());
        Assert.StartsWith("kdamond.", scheme.GetProperty("kdamond").GetString(), StringComparison.Ordinal);
        Assert.True(scheme.GetProperty("bytes").GetUInt64() >= 32 << 20, report.Output);
        Assert.True(scheme.GetProperty("counters").GetProperty("nr_tried").GetUInt64() > 0, report.Output);
        Assert.Contains("damon:damos_before_apply: ctx_idx=0 scheme_idx=0 ", ToolProcess.Run("script", path, "--all-events").Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// One file, one process, ours and the kernel's one after the other: what they count as cold is the same memory. 56 MB of the exerciser are; the
    /// kernel's regions hold holes as well, so its bytes are compared where there is memory.
    /// </summary>
    [Fact]
    public void Run_TriesTheSameMemoryAsTheKernel()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        (ulong start, ulong end) = ColdRange(exerciser);
        string schemes = folder.File("schemes");
        File.WriteAllText(schemes, string.Create(CultureInfo.InvariantCulture, $"4K max 0 0 2s max stat apply=2s filter=reject:not:addr:0x{start:x}-0x{end:x}\n"));
        double ours = TriedOfEachPass(["run", "--schemes", schemes, "-p", $"{exerciser.Pid}"], end - start);
        double kernels = TriedOfEachPass(["run", "--kernel", "--schemes", schemes, "-p", $"{exerciser.Pid}"], end - start);
        File.WriteAllText(
            Path.Combine(KernelLab.OutFolder, "tried.txt"), string.Create(CultureInfo.InvariantCulture, $"ours {ours:F3}, the kernel's {kernels:F3} of the cold range\n"));

        Assert.Equal("0", Read("nr_kdamonds"));
        Assert.InRange(ours, 0.9, 1.001);
        Assert.InRange(kernels, 0.9, 1.001);
    }

    /// <summary>Ours, by move_pages. The kernel of the lab takes the action for virtual addresses and does nothing: that came with Linux 6.17.</summary>
    [Fact]
    public void Migration_MovesToTheOtherNode()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        int from = OnNode(exerciser.Pid, 1) > OnNode(exerciser.Pid, 0) ? 1 : 0;
        string schemes = folder.File("schemes");
        File.WriteAllText(schemes, $"4K max min max min max migrate_cold node={1 - from}\n");
        using ToolProcess tool = ToolProcess.Start(["run", "--check", "access-bits", "--schemes", schemes, "-p", $"{exerciser.Pid}", "--duration", "60s"]);

        bool moved = SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(500);
                return OnNode(exerciser.Pid, 1 - from) > 56 << 8; // pages of 4 KiB
            },
            TimeSpan.FromMinutes(3));
        tool.Send("INT");
        CommandRun run = tool.Wait();

        Assert.True(moved, $"{OnNode(exerciser.Pid, 0)} pages on node 0, {OnNode(exerciser.Pid, 1)} on node 1: {run.Output} {run.Error}");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal("0", Read("nr_kdamonds"));
    }

    /// <summary>Another pattern and another quota, while the kernel works: 4 MiB a window at most from then on; its counters go on.</summary>
    [Fact]
    public void Tune_ChangesSchemesAtWork()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        string nothing = folder.File("nothing");
        File.WriteAllText(nothing, "4K max 100% max 1h max stat goal=user_input:5000:5000\n");
        string everything = folder.File("everything");
        File.WriteAllText(everything, "4K max min max min max stat quota=4M/1s\n");
        using ToolProcess tool = ToolProcess.Start(["run", "--kernel", "--schemes", nothing, "-p", $"{exerciser.Pid}"]);
        WaitUntilOn();
        CommandRun input = ToolProcess.Run("tune", "--user-input", "2500");
        Assert.True(input.ExitCode == ExitCode.Ok, input.Error);
        Assert.Contains("user input 2500 for 1 goal", input.Error, StringComparison.Ordinal);
        Assert.Equal("2500", Read("0/contexts/0/schemes/0/quotas/goals/0/current_value"));

        CommandRun tune = ToolProcess.Run("tune", "--schemes", everything);
        Assert.True(tune.ExitCode == ExitCode.Ok, tune.Error);
        Assert.Contains(", 1 scheme", tune.Error, StringComparison.Ordinal);
        for (int lines = 0; lines < 40; lines++)
        {
            if (tool.Output.ReadLine() is { } line && line.Contains("MiB", StringComparison.Ordinal))
            {
                break;
            }
        }

        tool.Send("INT");
        CommandRun run = tool.Wait();
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Matches("stat: tried on [0-9.]+ [MG]iB in [0-9]+ regions", run.Error);
        Assert.Equal("0", Read("nr_kdamonds"));
    }

    [Fact]
    public void Fvaddr_MonitorsTheGivenRangesOnly()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        (ulong start, ulong end) = HotRange(exerciser);
        string regions = string.Create(CultureInfo.InvariantCulture, $"0x{start:x}-0x{end:x}");
        foreach (string[] source in (string[][])[["--kernel"], ["--check", "access-bits"]])
        {
            RecordedSnapshots recorded = Record(
                folder.File("f.nettrace"), [.. source, "-p", $"{exerciser.Pid}", "--ops", "fvaddr", "--regions", regions]);

            Assert.All(recorded.Contexts, context => Assert.Equal("fvaddr", context.Operations));
            Assert.All(recorded.Snapshots, snapshot => Assert.Equal((start, end), (snapshot.Regions[0].Start, snapshot.Regions[^1].End)));
            Assert.All(recorded.Snapshots, snapshot => Assert.Equal(end - start, TotalSize(snapshot)));
            Assert.Contains(recorded.Snapshots, snapshot => snapshot.Regions.Any(region => region.NrAccesses > 0));
        }
    }

    [Fact]
    public void Paddr_MonitorsAllRamAndNamesItsZones()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        RecordedSnapshots recorded = Record(folder.File("p.nettrace"), ["--kernel", "--ops", "paddr"]);

        Assert.All(recorded.Contexts, context => Assert.Equal("paddr", context.Operations));
        Assert.Contains("addresses=physical", recorded.Contexts[0].Labels, StringComparison.Ordinal);
        Assert.Contains(recorded.MappingNames, name => name.StartsWith("[node0 DMA", StringComparison.Ordinal));
        Assert.DoesNotContain("[System RAM]", recorded.MappingNames);
        ulong ram = SystemRam();
        Assert.All(recorded.Snapshots, snapshot => Assert.Equal(ram, TotalSize(snapshot)));
    }

    [Fact]
    public void Kill_LeavesAKdamondThatTheNextRecordingRemoves()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        KillARecording(exerciser, folder);
        Assert.Contains("left behind by damon-trace", ToolProcess.Run("kernel", "state").Output, StringComparison.Ordinal);
        Assert.Equal("on", Read("0/state"));

        CommandRun next = ToolProcess.Run(["record", "--kernel", "-p", $"{exerciser.Pid}", .. s_attributes, "--duration", "2s", "-o", folder.File("b.nettrace")]);
        Assert.True(next.ExitCode == ExitCode.Ok, next.Error);
        Assert.Contains("removed a kdamond that an earlier recording had left behind", next.Error, StringComparison.Ordinal);
        Assert.Equal("0", Read("nr_kdamonds"));

        KillARecording(exerciser, folder);
        CommandRun cleanUp = ToolProcess.Run("kernel", "clean-up");
        Assert.True(cleanUp.ExitCode == ExitCode.Ok, cleanUp.Error);
        Assert.Equal("0", Read("nr_kdamonds"));
    }

    [Fact]
    public void Tune_ReachesTheStream_AndASecondRecordingIsRefused()
    {
        RequireFreeLab();
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        string path = folder.File("a.nettrace");
        using ToolProcess tool = ToolProcess.Start(["record", "--kernel", "-p", $"{exerciser.Pid}", .. s_attributes, "-o", path, "-o", "-"]);
        AwaitSnapshots(tool);
        CommandRun second = ToolProcess.Run("record", "--kernel", "-p", $"{exerciser.Pid}", "-o", folder.File("b.nettrace"));
        CommandRun tune = ToolProcess.Run("tune", "--sample", "40ms", "--aggr", "800ms");
        AwaitSnapshots(tool);
        exerciser.Stop();
        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.NoAccessCheck, second.ExitCode);
        Assert.Contains("drives the kernel's DAMON already", second.Error, StringComparison.Ordinal);
        Assert.True(tune.ExitCode == ExitCode.Ok, tune.Error);
        Assert.Contains("sampling 40000 us, aggregation 800000 us", tune.Error, StringComparison.Ordinal);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("target exited", run.Error, StringComparison.Ordinal);
        Assert.Equal("0", Read("nr_kdamonds"));
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.Equal([400_000UL, 800_000UL], recorded.Contexts.Select(context => context.Attributes.AggrUs).Distinct());
        Assert.Equal([40_000UL], recorded.Tunes);
    }

    [Fact]
    public void ForeignKdamond_StaysAsItIs()
    {
        RequireFreeLab();
        File.WriteAllText(Path.Combine(Kdamonds, "nr_kdamonds"), "2");
        try
        {
            CommandRun run = ToolProcess.Run("record", "--kernel", "-p", $"{Environment.ProcessId}", "-o", "-");
            Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
            Assert.Contains("created by somebody else", run.Error, StringComparison.Ordinal);
            Assert.Equal("2", Read("nr_kdamonds"));
        }
        finally
        {
            File.WriteAllText(Path.Combine(Kdamonds, "nr_kdamonds"), "0");
        }
    }

    private static void RequireFreeLab()
    {
        KernelLab.Require();
        if (Read("nr_kdamonds") != "0")
        {
            _ = ToolProcess.Run("kernel", "clean-up"); // of a test that failed: one failure must not become ten
        }

        Assert.Equal("0", Read("nr_kdamonds"));
    }

    /// <summary>Records until enough snapshots have come: how long that takes under emulation nobody knows.</summary>
    private static RecordedSnapshots Record(string path, string[] source)
    {
        using ToolProcess tool = ToolProcess.Start(["record", .. source, .. s_attributes, "-o", path, "-o", "-"]);
        AwaitSnapshots(tool);
        tool.Send("INT");
        CommandRun run = tool.Wait();
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal("0", Read("nr_kdamonds"));
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.True(recorded.Snapshots.Count >= 15, $"only {recorded.Snapshots.Count} snapshots: {run.Error}");
        return recorded;
    }

    /// <summary>Reads as many regions as 20 snapshots have: each says how many there are in its own.</summary>
    private static void AwaitSnapshots(ToolProcess tool)
    {
        const string Count = "nr_regions=";
        for (double snapshots = 0; snapshots < 20;)
        {
            string? line = tool.Output.ReadLine();
            Assert.True(line is not null, "the recording ended by itself");
            int begin = line.IndexOf(Count, StringComparison.Ordinal) + Count.Length;
            snapshots += 1 / double.Parse(line[begin..line.IndexOf(' ', begin)], CultureInfo.InvariantCulture);
        }
    }

    private static void KillARecording(ExerciserRun exerciser, TemporaryFolder folder)
    {
        using ToolProcess tool = ToolProcess.Start(
            ["record", "--kernel", "-p", $"{exerciser.Pid}", .. s_attributes, "-o", folder.File("killed.nettrace")]);
        WaitUntilOn();
        tool.Send("KILL");
        tool.WaitUnread();
    }

    private static void WaitUntilOn() => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(100);
                return File.Exists(Path.Combine(Kdamonds, "0", "state")) && Read("0/state") == "on";
            },
            TimeSpan.FromSeconds(120)),
        "the kdamond was not switched on");

    /// <summary>These files are busy (EBUSY) for a moment while the recorder uses one.</summary>
    private static string Read(string path)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return File.ReadAllText(Path.Combine(Kdamonds, path)).Trim();
            }
            catch (IOException) when (tries < 100)
            {
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>What comes back to the host: recordings that the tests of every machine use as input.</summary>
    private static void Keep(TemporaryFolder folder)
    {
        foreach (string file in Directory.GetFiles(folder.Path, "*.nettrace"))
        {
            File.Copy(file, Path.Combine(KernelLab.OutFolder, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static (ulong Start, ulong End) HotRange(ExerciserRun exerciser)
    {
        System.Text.Json.JsonElement hot = exerciser.Ready.GetProperty("ranges").EnumerateArray()
            .First(range => range.GetProperty("name").GetString() == "hot");
        return (hot.GetProperty("start").GetUInt64(), hot.GetProperty("end").GetUInt64());
    }

    /// <summary>Of all accesses x bytes reported, the part that lies in the hot range.</summary>
    private static double HotShare(IEnumerable<RecordedSnapshot> snapshots, ExerciserTruth truth)
    {
        double hot = 0;
        double all = 0;
        foreach (RegionEvent region in snapshots.SelectMany(snapshot => snapshot.Regions))
        {
            ulong start = Math.Max(region.Start, truth.Hot.Start);
            ulong end = Math.Min(region.End, truth.Hot.End);
            hot += end > start ? (double)(end - start) * region.NrAccesses : 0;
            all += (double)(region.End - region.Start) * region.NrAccesses;
        }

        return hot / all;
    }

    private static (ulong Start, ulong End) ColdRange(ExerciserRun exerciser)
    {
        System.Text.Json.JsonElement cold = exerciser.Ready.GetProperty("ranges").EnumerateArray()
            .First(range => range.GetProperty("name").GetString() == "cold");
        return (cold.GetProperty("start").GetUInt64(), cold.GetProperty("end").GetUInt64());
    }

    /// <summary>The part of a range that a scheme was tried on in one pass: the most that a second's line says, of seconds with one pass or none.</summary>
    private static double TriedOfEachPass(string[] arguments, ulong size)
    {
        using ToolProcess tool = ToolProcess.Start([.. arguments, "--duration", "30s"]);
        CommandRun run = tool.Wait(TimeSpan.FromMinutes(4));
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Dictionary<string, double> units = new() { ["KiB"] = 1 << 10, ["MiB"] = 1 << 20, ["GiB"] = 1 << 30 };
        double[] tried = [.. System.Text.RegularExpressions.Regex.Matches(run.Output, @"^ *[0-9]+s stat +([0-9.]+) (KiB|MiB|GiB)", System.Text.RegularExpressions.RegexOptions.Multiline)
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * units[match.Groups[2].Value] / size)];
        Assert.True(tried.Length >= 3, run.Output);
        Array.Sort(tried);
        return tried[tried.Length / 2];
    }

    /// <summary>Pages of a process on a memory node.</summary>
    private static long OnNode(int pid, int node) => File.ReadLines($"/proc/{pid}/numa_maps").SelectMany(line => line.Split(' '))
        .Where(word => word.StartsWith($"N{node}=", StringComparison.Ordinal)).Sum(word => long.Parse(word.AsSpan(3), CultureInfo.InvariantCulture));

    private static ulong TotalSize(RecordedSnapshot snapshot) =>
        snapshot.Regions.Aggregate(0UL, (sum, region) => sum + region.End - region.Start);

    private static ulong SystemRam()
    {
        ulong total = 0;
        foreach (string line in File.ReadLines("/proc/iomem").Where(line => line.EndsWith(" : System RAM", StringComparison.Ordinal) && line[0] != ' '))
        {
            string[] ends = line.Split(' ')[0].Split('-');
            ulong start = ulong.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 1;
            total += (end / 4096 * 4096) - ((start + 4095) / 4096 * 4096);
        }

        return total;
    }
}
