using System.Diagnostics;
using System.Text.Json;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>tools/notebooks/run on a real recording: the numbers in the executed notebook against the truth.</summary>
[Collection(SharedRecording.Name)]
[Trait("Category", "Linux")]
public sealed class NotebookTests(RecordedDataSet recorded)
{
    [Fact]
    public void Notebook_FindsWhatTheRecordingHolds()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        SkipWithoutJupyter();
        using var folder = new TemporaryFolder();
        using ToolProcess run = ToolProcess.Start(
            "env", $"DAMON_TRACE={Repository.Program("damon-trace")}", $"HOME={folder.Path}",
            Path.Combine(Repository.Root, "tools", "notebooks", "run"), recorded.Recording, folder.Path, "example");
        CommandRun result = run.Wait(TimeSpan.FromMinutes(4));
        Assert.True(result.ExitCode == 0, result.Error);

        JsonElement numbers = Numbers(folder.File("recording.ipynb"));
        ulong[] sizes = recorded.SortedWorkingSets();
        Assert.Equal(sizes.Length, numbers.GetProperty("snapshots").GetInt32());
        Assert.Equal(RecordedDataSet.Percentile(sizes, 50), numbers.GetProperty("wss_p50_bytes").GetUInt64());
        Assert.Equal(RecordedDataSet.Percentile(sizes, 95), numbers.GetProperty("wss_p95_bytes").GetUInt64());
        Assert.Equal(ExpectedHotBytes(), numbers.GetProperty("hot_p50_bytes").GetUInt64());
        Assert.True(File.Exists(folder.File("recording.md")));
        AssertHot(numbers.GetProperty("hot_p50_bytes").GetUInt64());
    }

    /// <summary>Hot bytes against what the workload says of itself.</summary>
    private void AssertHot(ulong reported)
    {
        double truth = recorded.Truth.Hot.End - recorded.Truth.Hot.Start;
        if (reported < 0.9 * truth || reported > 1.1 * truth)
        {
            recorded.SkipIfRecordedOnABusyMachine();
            Assert.Fail($"{reported} hot bytes, expected {truth} within 10 %");
        }
    }

    /// <summary>Bytes found accessed in at least half of the samples: the middle one of the settled snapshots.</summary>
    private ulong ExpectedHotBytes()
    {
        IEnumerable<RecordedSnapshot> settled = recorded.Snapshots.Skip(Math.Min(RecordedDataSet.AdaptationSnapshots, recorded.Snapshots.Count / 2));
        ulong[] hot = [.. settled
            .Select(snapshot => (ulong)snapshot.Regions.Where(region => region.NrAccesses * 2 >= snapshot.NrSamples).Sum(Size)).Order()];
        return RecordedDataSet.Percentile(hot, 50);
    }

    private static long Size(RegionEvent region) => (long)(region.End - region.Start);

    /// <summary>What the last code cell printed.</summary>
    private static JsonElement Numbers(string notebook)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(notebook));
        JsonElement cell = document.RootElement.GetProperty("cells").EnumerateArray().Last();
        JsonElement text = cell.GetProperty("outputs").EnumerateArray().Single().GetProperty("text");
        return JsonDocument.Parse(string.Concat(text.EnumerateArray().Select(line => line.GetString()))).RootElement;
    }

    internal static void SkipWithoutJupyter()
    {
        const string Packages = "jupyter-nbconvert python3-ipykernel python3-pandas python3-matplotlib";
        Assert.SkipUnless(File.Exists("/usr/bin/jupyter-nbconvert"), $"Jupyter is not installed: apt-get install {Packages}");
        using Process python = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", ["-c", "import ipykernel, pandas, matplotlib"]) { RedirectStandardError = true })!;
        python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.SkipUnless(python.ExitCode == 0, $"Python lacks packages: apt-get install {Packages}");
    }
}
