using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Tests.Examples;

/// <summary>The programs of examples/, built from the packages alone and run.</summary>
public sealed partial class ExamplesTests : IClassFixture<BuiltExamples>
{
    [Theory]
    [InlineData("Damon.Trace.Events")]
    [InlineData("Damon.Trace.Tracer")]
    [InlineData("Damon.Trace.Tracer.Monitoring")]
    [InlineData("Damon.Trace.Exporters")]
    [InlineData("Damon.Trace.Reports")]
    [InlineData("Damon.Trace.TraceEvent")]
    public void Package_HasWhatAReaderOfItNeeds(string name)
    {
        string file = Directory.GetFiles(BuiltExamples.Packages, name + ".?.?.?.nupkg").Single();
        using ZipArchive package = ZipFile.OpenRead(file);
        HashSet<string> expected = ["README.md", $"{name}.nuspec", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"];
        Assert.Superset(expected, package.Entries.Select(entry => entry.FullName).ToHashSet());
        using var specification = new StreamReader(package.GetEntry($"{name}.nuspec")!.Open());
        Assert.Contains("<license type=\"expression\">MIT</license>", specification.ReadToEnd(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.ChangeExtension(file, ".snupkg")));
    }

    [Fact]
    public void Readme_ShowsTheSmallestExample()
    {
        string program = File.ReadAllText(Path.Combine(Repository.Root, "examples", "hot-ranges", "Program.cs"));
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.Contains(program[program.IndexOf("using", StringComparison.Ordinal)..], readme, StringComparison.Ordinal);
    }

    /// <summary>16 of 64 MB are used all the time: most of them lie in the five hottest ranges, and not much else does.</summary>
    [Fact]
    public void HotRanges_FindsWhatTheExerciserUses()
    {
        SkipWithoutPages();
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "64M", "--hot", "16M", "--warm", "0");

        string output = BuiltExamples.RunExample("hot-ranges", $"{exerciser.Pid}");

        (ulong hotStart, ulong hotEnd) = exerciser.Stop().Hot;
        ulong found = 0, printed = 0;
        foreach (Match range in Range().Matches(output))
        {
            ulong start = ulong.Parse(range.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(range.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            printed += end - start;
            found += Math.Max(hotStart, Math.Min(hotEnd, end)) - Math.Max(hotStart, Math.Min(hotEnd, start));
        }

        Assert.True(found > (hotEnd - hotStart) / 2 && printed < 2 * (hotEnd - hotStart), output);
    }

    /// <summary>Eight of its 32 entries are in use; what it evicts are others, and it finds some within its thirty seconds.</summary>
    [Fact]
    public void ColdCache_EvictsWhatItDoesNotUse()
    {
        SkipWithoutPages();

        string output = BuiltExamples.RunExample("cold-cache");

        Assert.EndsWith("in use and kept: 8 of 8\n", output, StringComparison.Ordinal);
        Assert.Contains(" is cold: evicted\n", output, StringComparison.Ordinal);
    }

    /// <summary>Most of the file, which nobody reads again, is out after some seconds.</summary>
    [Fact]
    public void PageOutCold_TakesAFileThatNobodyReads()
    {
        SkipWithoutPages();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root: acts on another process");
        using ColdFile cold = ColdFile.Start();

        string output = BuiltExamples.RunExample("page-out-cold", $"{cold.Pid}", "8");

        Assert.Equal(8, output.TrimEnd().Split('\n').Length);
        Assert.True(cold.ResidentBytes < ColdFile.Bytes / 2, $"{cold.ResidentBytes} bytes are left: {output}");
    }

    /// <summary>Every step of the guide is a whole program. Watching and asking leave the file where it is, acting takes most of it.</summary>
    [Fact]
    public void MemoryManagerGuide_EveryStepRuns()
    {
        SkipWithoutPages();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root: acts on another process");
        string guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "memory-manager.md"));
        string[] steps = BuiltExamples.BuildPrograms("guide", [.. CSharpBlock().Matches(guide).Select(block => block.Groups[1].Value)]);
        Assert.Equal(5, steps.Length);

        // Each on a file of its own, so that they need not wait for each other.
        Parallel.Invoke(
            () => Watches(steps[0]),
            () => AsksAndActs(steps[1], steps[2]),
            () => TellsAndTunes(steps[4], steps[3]));

        static void Watches(string step)
        {
            using ColdFile cold = ColdFile.Start();
            string watched = BuiltExamples.Run(step, $"{cold.Pid}", "12");
            Assert.Matches("(3[2-9]|[4-9][0-9]) MiB were not accessed for two seconds", watched);
            Assert.True(cold.ResidentBytes == ColdFile.Bytes, watched);
        }

        static void AsksAndActs(string ask, string act)
        {
            using ColdFile cold = ColdFile.Start();
            string asked = BuiltExamples.Run(ask, $"{cold.Pid}", "8");
            Assert.Matches("(?s)^Pages out regions .*would page out (3[2-9]|[4-9][0-9]) MiB", asked);
            Assert.True(cold.ResidentBytes == ColdFile.Bytes, asked);
            string acted = BuiltExamples.Run(act, $"{cold.Pid}", "8");
            Assert.True(cold.ResidentBytes < ColdFile.Bytes / 2, $"{cold.ResidentBytes} bytes are left: {acted}");
        }

        static void TellsAndTunes(string tell, string tune)
        {
            using ColdFile cold = ColdFile.Start();
            Assert.Matches("[0-9]+ s: 0x[0-9a-f]+-0x[0-9a-f]+, idle for [1-9]", BuiltExamples.Run(tell, $"{cold.Pid}", "8"));
            string tuned = BuiltExamples.Run(tune, $"{cold.Pid}", "12");
            Assert.True(cold.ResidentBytes < ColdFile.Bytes / 2, $"{cold.ResidentBytes} bytes are left: {tuned}");
        }
    }

    [Fact]
    public void RecordingAndListener_SeeTheSameProcess()
    {
        using var folder = new TemporaryFolder();
        string recording = Path.Combine(folder.Path, "a.nettrace");
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "16M", "--hot", "16M", "--warm", "0");
        using ToolProcess recorder = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "-o", recording]);
        while (!File.Exists(recording + ".partial"))
        {
            Thread.Sleep(50);
        }

        string live = BuiltExamples.RunExample("live-listener", $"{recorder.Pid}");
        recorder.Send("INT");
        CommandRun recorded = recorder.Wait();
        string[] rows = BuiltExamples.RunExample("wss-over-time", recording).TrimEnd().Split('\n');

        Assert.Equal(10, Accessed().Count(live));
        Assert.Equal("pid,seconds,bytes", rows[0]);
        Assert.Contains($" {rows.Length - 1} snapshots (0 incomplete)", recorded.Error, StringComparison.Ordinal);
        Assert.Contains(rows.Skip(1), row => ulong.Parse(row.Split(',')[2], CultureInfo.InvariantCulture) >= 16UL << 20);
    }

    private static void SkipWithoutPages()
    {
        Capability check = AccessCheckCatalog.Find("access-bits")!.SelfTest();
        Assert.SkipUnless(check.Available, $"access-bits does not work here: {check.Reason}");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^0x([0-9a-f]+)-0x([0-9a-f]+)", RegexOptions.Multiline)]
    private static partial Regex Range();

    [GeneratedRegex("accessed in [0-9]+ checks$", RegexOptions.Multiline)]
    private static partial Regex Accessed();
}
