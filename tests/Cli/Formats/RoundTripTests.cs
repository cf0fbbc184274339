using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests.Formats;

/// <summary>Whatever a recording is exported to is recognised by its content and gives the same snapshots again.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData("txt")]
    [InlineData("perf-data")]
    [InlineData("perf-pipe")]
    public async Task Export_KeepsEveryEventWithThreadCpuAndTime(string format)
    {
        using var folder = new TemporaryFolder();
        string text = folder.File("in.txt");
        SyntheticText.Write(text);

        await ExportAsync(text, folder.File("there"), format);
        await ExportAsync(folder.File("there"), folder.File("back"), "txt");

        Assert.Equal(File.ReadAllText(text), File.ReadAllText(folder.File("back")));
    }

    /// <summary>damo's formats keep one time for a snapshot; the binary record has no age.</summary>
    [Theory]
    [InlineData("damo-json", true)]
    [InlineData("damo-json-compressed", true)]
    [InlineData("damo-record", false)]
    [InlineData("damo-record-0", false)]
    [InlineData("damo-record-1", false)]
    public async Task Export_KeepsEverySnapshot(string format, bool keepsAge)
    {
        using var folder = new TemporaryFolder();
        string text = folder.File("in.txt");
        SyntheticText.Write(text);

        await ExportAsync(text, folder.File("there"), format);

        RecordedSnapshots before = RecordedSnapshots.Read(text);
        RecordedSnapshots after = RecordedSnapshots.Read(folder.File("there"));
        Assert.Equal(SyntheticText.Snapshots, after.Snapshots.Count);
        Assert.Equal(before.Snapshots.SelectMany(snapshot => Facts(snapshot, keepsAge)), after.Snapshots.SelectMany(snapshot => Facts(snapshot, keepsAge)));
    }

    /// <summary>Every format is read from a pipe as well, also the one that has to be read from its end.</summary>
    [Theory]
    [InlineData("txt")]
    [InlineData("perf-data")]
    [InlineData("perf-pipe")]
    [InlineData("damo-json")]
    [InlineData("damo-json-compressed")]
    [InlineData("damo-record")]
    public async Task Script_ReadsStandardInput(string format)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"));
        string path = folder.File("there");
        await ExportAsync(folder.File("in.txt"), path, format);

        string tool = Repository.Program("damon-trace");
        using ToolProcess shell = ToolProcess.Start("bash", "-o", "pipefail", "-c", $"cat {path} | {tool} script -i -");
        CommandRun piped = shell.Wait();

        Assert.Equal(ToolProcess.Run("script", "-i", path), piped);
        Assert.Equal(SyntheticText.Events, piped.Output.Count(letter => letter == '\n'));
    }

    [Theory]
    [InlineData("x.perf.data", "PERFILE2")]
    [InlineData("perf.data", "PERFILE2")]
    [InlineData("x.damo.json", "[")]
    [InlineData("x.parquet", "PAR1")]
    public async Task Export_TellsTheFormatFromTheName(string name, string begin)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"));

        CommandRun run = await CommandRun.RunAsync("export", "-i", folder.File("in.txt"), "-o", folder.File(name));

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Output));
        Assert.Contains($"{SyntheticText.Events} events in {SyntheticText.Snapshots} snapshots", run.Error, StringComparison.Ordinal);
        Assert.StartsWith(begin, File.ReadAllText(folder.File(name), System.Text.Encoding.Latin1).TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_MakesAFolderOfCtf()
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"));

        await ExportAsync(folder.File("in.txt"), folder.File("ctf"), "ctf");

        Assert.True(File.Exists(Path.Combine(folder.File("ctf"), "metadata")));
    }

    [Theory]
    [InlineData("perf-pipe", "perf-data", "-")]
    [InlineData("cannot go to stdout", "ctf", "-")]
    [InlineData("is made by record only", "nettrace", "x")]
    [InlineData("unknown format 'perf'", "perf", "x")]
    public async Task Export_RefusesWhatCannotBe(string expected, string format, string output)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"));

        CommandRun run = await CommandRun.RunAsync(
            "export", "-i", folder.File("in.txt"), "--format", format, "-o", output == "-" ? "-" : folder.File(output));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal([folder.File("in.txt")], Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>Version 0 has no header and is told by its look; whoever gives such a file is told what it was taken for.</summary>
    [Fact]
    public async Task ABinaryRecordWithoutHeaderIsReadAndNamed()
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"));
        await ExportAsync(folder.File("in.txt"), folder.File("v0"), "damo-record-0");

        CommandRun run = await CommandRun.RunAsync("export", "-i", folder.File("v0"), "-o", folder.File("out.txt"));

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("binary record of version 0", run.Error, StringComparison.Ordinal);
        Assert.Equal(SyntheticText.Snapshots, RecordedSnapshots.Read(folder.File("out.txt")).Snapshots.Count);
    }

    /// <summary>A zlib stream begins with bytes that text may begin with; a comm that does is still a comm.</summary>
    [Fact]
    public void TextThatBeginsLikeZlibIsText()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "hbase 77 [001] 12.345678: damon:damon_aggregated: target_id=0 nr_regions=1 4096-8192: 5 9\n");

        Assert.Single(RecordedSnapshots.Read(folder.File("a")).Snapshots);
    }

    [Fact]
    public async Task Perf_PrintsWhatScriptPrints()
    {
        string compat = PerfTool.RequireCompat();
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"));
        await ExportAsync(folder.File("in.txt"), folder.File("a.perf.data"), "perf-data");

        string perf = PerfTool.Run("script", "-i", folder.File("a.perf.data"));

        Assert.Equal(ToolProcess.Run("script", "-i", folder.File("in.txt"), "--perf-compat", compat).Output, perf);
    }

    private static async Task ExportAsync(string input, string output, string format)
    {
        CommandRun run = await CommandRun.RunAsync(
            "export", "-i", input, "-o", output, "--format", format, "--perf-compat", "6.4");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
    }

    private static IEnumerable<(ulong TargetId, RegionEvent Region)> Facts(RecordedSnapshot snapshot, bool keepsAge)
    {
        foreach (RegionEvent region in snapshot.Regions)
        {
            yield return (snapshot.TargetId, region with { TimestampNs = 0, Cpu = 0, Age = keepsAge ? region.Age : 0 });
        }
    }
}
