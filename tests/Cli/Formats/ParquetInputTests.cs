namespace Damon.Trace.Cli.Tests.Formats;

/// <summary>What we exported as Parquet is an input of every command.</summary>
public sealed class ParquetInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reports_SayTheSameOfParquet()
    {
        string text = _folder.File("a.txt");
        SyntheticText.Write(text);
        string parquet = _folder.File("a.parquet");
        string dataSet = _folder.File("dataset");
        Assert.Equal(0, (await CommandRun.RunAsync("export", text, "-o", parquet, "--timestamps", "us")).ExitCode);
        Assert.Equal(0, (await CommandRun.RunAsync("export", text, "-o", dataSet, "--partition", "host,date", "--host", "db7")).ExitCode);
        foreach (string report in (string[])["wss", "heatmap", "summary", "regions", "times"])
        {
            CommandRun expected = await CommandRun.RunAsync("report", report, "-i", text);
            Assert.Equal(0, expected.ExitCode);
            Assert.Equal(expected, await CommandRun.RunAsync("report", report, "-i", parquet));
            Assert.Equal(expected, await CommandRun.RunAsync("report", report, dataSet));
        }
    }

    [Fact]
    public async Task Timestamps_AreOfParquetOnly() => (await CommandRun.RunAsync("export", "a.nettrace", "-o", "a.txt", "--timestamps", "us"))
        .AssertMistake(ExitCode.Usage, "--timestamps has no meaning without an output in Parquet");

    [Fact]
    public async Task Folder_ThatIsNoRecordingIsRefused() =>
        (await CommandRun.RunAsync("report", "wss", _folder.Path)).AssertMistake(5, "it is a directory");
}
