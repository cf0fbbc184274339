using System.Globalization;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Tests;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>
/// Every access check and the kernel's own DAMON on the same workload with the same truth, one table a hot set. Run by
/// tools/kernel-lab/compare, with and without what empties the emulated TLB. DAMON_TRACE_CHECK=NAME measures one check only.
/// </summary>
[Trait("Category", KernelLab.ComparisonCategory)]
public sealed class AccessCheckComparisonTests(ITestOutputHelper log)
{
    private const string Kernel = "kernel vaddr";
    private const int AdaptationSnapshots = 15;
    private const int FewestSnapshots = 5;
    private const int SampleUs = 20_000;
    private const int AggrUs = 400_000;

    // Emulation is slow: intervals four times the default ones keep the checks in time.
    private static readonly string[] s_attributes = ["--sample", $"{SampleUs}us", "--aggr", $"{AggrUs}us", "--update", "1s", "--duration", "24s"];

    // Each of its samples walks the whole address space.
    private static readonly string[] s_attributesOfMappings = ["--sample", "200ms", "--aggr", "1s", "--update", "1s", "--duration", "30s"];

    /// <summary>
    /// Asserted is what follows from how a check works: memory that nobody touches never gets a mark, so no check that looks at pages may
    /// report much of the cold range; and a check that flushes the TLB misses no sweep of the hot range.
    /// </summary>
    [Theory]
    [InlineData("16M")]
    [InlineData("4M")]
    public void Checks_AgreeWithTheTruth(string hot)
    {
        KernelLab.Require();
        Assert.SkipWhen(hot == "16M" && KernelLab.HasNoTick, "what does not fit the emulated TLB is seen with and without tlbtick");
        string[] workload = ["--size", "256M", "--hot", hot, "--warm", "0", "--access", "both", "--throttle", "1ms"];
        double alone = RunAlone(workload);
        var rows = new List<(string Check, Accuracy Accuracy)>();
        Tell($"| hot set {hot} of 256M | working set, p50 (error) | hot recall | precision | cost per check | target's throughput | late checks |");
        Tell("|---|---|---|---|---|---|---|");
        string[] checks = [.. AccessCheckCatalog.ByPreference.Select(kind => kind.Name), Kernel];
        foreach (string check in checks.Where(IsWanted))
        {
            Tell(Measure(check, workload, alone, rows));
        }

        Tell("");
        Assert.NotEmpty(rows);
        Assert.True(!IsWanted("access-bits") || rows.Exists(row => row.Check == "access-bits"), "access-bits was not measured; the table says why");
        Assert.All(rows, row => Assert.True(row.Check == "referenced-mappings" || row.Accuracy.ColdAccessed <= 0.02, $"{row.Check}: {row.Accuracy}"));
        Assert.All(rows, row => Assert.True(row.Check != "access-bits" || row.Accuracy.HotRecall >= 0.95, $"{row.Check}: {row.Accuracy}"));
    }

    private static bool IsWanted(string check) => Environment.GetEnvironmentVariable("DAMON_TRACE_CHECK") is not { Length: > 0 } wanted || wanted == check;

    private void Tell(string line)
    {
        log.WriteLine(line);
        File.AppendAllText(Path.Combine(KernelLab.OutFolder, "access-checks.md"), line + "\n");
    }

    /// <summary>Touches per second with nobody looking.</summary>
    private static double RunAlone(string[] workload)
    {
        using var exerciser = ExerciserRun.Start(workload);
        Thread.Sleep(5000);
        return exerciser.Stop().TouchesPerSecond;
    }

    private static string Measure(string check, string[] workload, double alone, List<(string Check, Accuracy Accuracy)> rows)
    {
        string[] source = check switch
        {
            Kernel => ["--kernel", "--ops", "vaddr"],
            "written-pages" => ["--check", check, "--seed", "1", "--allow-injection"],
            _ => ["--check", check, "--seed", "1"],
        };
        if (check != Kernel && AccessCheckCatalog.Find(check)!.SelfTest() is { Available: false } capability)
        {
            return $"| {check} | not run: {capability.Reason} | | | | | |";
        }

        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(workload);
        using ToolProcess tool = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", .. source, .. check == "referenced-mappings" ? s_attributesOfMappings : s_attributes, "-o", path]);
        Task<double?> kernelCpu = Task.Run(() => LargestKernelCpuSeconds(tool));
        CommandRun run = tool.Wait();
        ExerciserTruth truth = exerciser.Stop();
        if (run.ExitCode != ExitCode.Ok)
        {
            return $"| {check} | not run: {run.Error.Split('\n')[0]} | | | | | |";
        }

        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        List<RecordedSnapshot> snapshots = check == Kernel ? recorded.Snapshots.ConvertAll(AsConfigured) : recorded.Snapshots;
        var accuracy = Accuracy.Of(snapshots.Skip(AdaptationSnapshots), truth);
        if (accuracy.Snapshots < FewestSnapshots)
        {
            return $"| {check} | too slow here: {accuracy.Snapshots} of {recorded.Snapshots.Count} snapshots had all their samples in time | | | | | |";
        }

        rows.Add((check, accuracy));
        double checks = snapshots.Sum(snapshot => (double)snapshot.Regions.Length * snapshot.NrSamples);
        double cpuSeconds = check == Kernel ? kernelCpu.Result ?? double.NaN : recorded.Counters.KdamondCpuNs / 1e9;
        double passes = snapshots.Sum(snapshot => (double)snapshot.NrSamples);
        string late = check == Kernel ? "" : FormattableString.Invariant($"{100 * recorded.Counters.NrLate / passes:F1} %");
        return FormattableString.Invariant(
            $"| {check} | {accuracy.WssMiB:F1} MiB ({100 * accuracy.WssError(50):F1} %) | {100 * accuracy.HotRecall:F1} % | {100 * accuracy.Precision:F1} % | {1e6 * cpuSeconds / checks:F1} us | {100 * truth.TouchesPerSecond / alone:F0} % | {late} |");
    }

    /// <summary>The kernel does not tell how often it sampled, nor since when: what it was told to do, up to its last event.</summary>
    private static RecordedSnapshot AsConfigured(RecordedSnapshot snapshot) => snapshot with
    {
        NrSamples = AggrUs / SampleUs,
        SampleUs = SampleUs,
        BeginNs = snapshot.EndNs - (AggrUs * 1000L),
    };

    /// <summary>CPU time of the kernel's kdamond as long as there is one: user and system time of its thread, in clock ticks of 10 ms.</summary>
    private static double? LargestKernelCpuSeconds(ToolProcess tool)
    {
        double? seconds = null;
        while (Directory.Exists($"/proc/{tool.Pid}/fd"))
        {
            foreach (string folder in Directory.GetDirectories("/proc").Where(IsKernelKdamond))
            {
                string stat = TryRead(Path.Combine(folder, "stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 12)
                {
                    double ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
                    seconds = Math.Max(seconds ?? 0, ticks / 100);
                }
            }

            Thread.Sleep(200);
        }

        return seconds;
    }

    private static bool IsKernelKdamond(string folder) =>
        TryRead(Path.Combine(folder, "comm")).StartsWith("kdamond.", StringComparison.Ordinal) && TryRead(Path.Combine(folder, "cmdline")).Length == 0;

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
