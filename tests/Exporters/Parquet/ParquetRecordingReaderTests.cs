using System.Text;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Parquet.DataSet;
using Damon.Trace.Exporters.Parquet.Reading;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Exporters.Tests.Fuzz;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>What was written as Parquet is read back as the recording it was.</summary>
public sealed class ParquetRecordingReaderTests(RecordedFile recorded, ITestOutputHelper output) : IClassFixture<RecordedFile>, IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(ParquetCompression.None, false)]
    [InlineData(ParquetCompression.Gzip, true)]
    [InlineData(ParquetCompression.Zstd, false)]
    public void Everything_ComesBack(ParquetCompression compression, bool microseconds)
    {
        RecordingOfEverything recording = new(500);
        ParquetOptions options = ParquetWriterTests.Small(compression) with { MicrosecondTimestamps = microseconds };

        AssertSame(Calls(recording), Calls(new ParquetRecordingReader(new MemoryStream(Write(recording, options)))));
    }

    [Fact]
    public void RealRecording_ComesBackButForItsCommandLine()
    {
        RecordedCalls expected = Calls(new NetTraceReader(new MemoryStream(recorded.Bytes)));
        byte[] file = Write(new NetTraceReader(new MemoryStream(recorded.Bytes)), new ParquetOptions());
        RecordedCalls actual = Calls(new RecordingReader(new MemoryStream(file), "a.parquet"));

        int target = expected.Lines.FindIndex(line => line.StartsWith("TargetDescription", StringComparison.Ordinal));
        Assert.Contains("CommandLine = app --synthetic", expected.Lines[target], StringComparison.Ordinal);
        expected.Lines[target] = expected.Lines[target].Replace("app --synthetic", "", StringComparison.Ordinal);
        AssertSame(expected, actual);
        Assert.Equal(RecordedFile.Snapshots * RecordedFile.Regions, actual.Regions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void DataSet_ComesBack(int days)
    {
        RecordingOfEverything recording = new(300, days);
        string folder = WriteDataSet(recording);
        RecordedCalls expected = Calls(recording);
        RecordedCalls actual = Calls(RecordingFolder.Open(folder));

        if (days == 1)
        {
            AssertSame(expected, actual);
            return;
        }

        // Every day begins with what is in force.
        Assert.Equal(expected.Lines.Where(IsNoDescription), actual.Lines.Where(IsNoDescription));
        Assert.Equal(expected.End, actual.End);

        string[] files = Directory.GetFiles(Path.Combine(folder, "regions"), "*.parquet", SearchOption.AllDirectories);
        Assert.Equal(days, files.Length);
        using (RecordingReader day = RecordingReader.Open(files.Order().First()))
        {
            Assert.Contains("the recording goes on in another file of the data set", Calls(day).End!.Notes);
        }

        File.Delete(files.Order().ElementAt(1));
        Assert.Contains(Calls(RecordingFolder.Open(folder)).End!.Notes, note => note.EndsWith("has only some of the recording's days", StringComparison.Ordinal));
    }

    [Fact]
    public void DataSet_OfSeveralRecordingsAsksForOne()
    {
        string folder = WriteDataSet(new RecordingOfEverything(5), "db7");
        WriteDataSet(new RecordingOfEverything(5), "db8");

        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => RecordingFolder.Open(folder));
        Assert.Contains("the data set holds 2 recordings", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("name a file of one", error.Hint, StringComparison.Ordinal);
        Assert.NotEmpty(Calls(RecordingFolder.Open(Path.Combine(folder, "regions", "host=db8"))).Lines);
    }

    [Fact]
    public void FileWithoutItsAnnex_SaysWhatItLacks()
    {
        byte[] file = Write(new RecordingOfEverything(50), new ParquetOptions { Compression = ParquetCompression.None });
        Replace(file, AnnexWriter.MetadataKey, "damon_trace.other");

        RecordedCalls calls = Calls(new ParquetRecordingReader(new MemoryStream(file)));
        Assert.Contains("the Parquet file has rows only", Assert.Single(calls.End!.Notes), StringComparison.Ordinal);
        Assert.Contains(calls.Lines, line => line.StartsWith("ContextDescription", StringComparison.Ordinal));
        Assert.Equal(calls.Lines.Count(line => line.StartsWith("snapshot", StringComparison.Ordinal)), calls.End.Snapshots);
        Assert.Equal("offset 12: breaks off", calls.End.Truncation);
        Assert.Equal(17, calls.End.LostEvents);
    }

    [Theory]
    [InlineData("damon_trace.version", "damon_trace.missing", "it has no metadata damon_trace.version (columns timestamp, monotonic_ns, ")]
    [InlineData("nr_accesses", "nr_accessex", "no column nr_accesses")]
    [InlineData("DTAX", "dtax", "expected an annex, found 64746178")]
    public void OtherFiles_AreRefusedWithWhatIsMissing(string from, string to, string expected)
    {
        byte[] file = Write(new RecordingOfEverything(50), new ParquetOptions { Compression = ParquetCompression.None });
        Replace(file, from, to);

        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => Calls(new ParquetRecordingReader(new MemoryStream(file))));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.True(error.Hint is not null || from == "DTAX", "no hint");
    }

    [Fact]
    public void FileOfAFullDisk_TellsItsLosses()
    {
        byte[] whole = Write(new RecordingOfEverything(500), ParquetWriterTests.Small(ParquetCompression.None));
        using FullDiskStream disk = new(whole.Length * 3 / 4);
        using ParquetWriter writer = new(disk, ParquetWriterTests.Small(ParquetCompression.None));
        ParquetRescueException rescue = Assert.Throws<ParquetRescueException>(() => new RecordingOfEverything(500).Read(writer, CancellationToken.None));

        RecordedCalls calls = Calls(new ParquetRecordingReader(new MemoryStream(disk.ToArray())));
        Assert.Equal(rescue.RowsKept, calls.End!.Events);
        Assert.Equal("No space left on device", calls.End.Truncation);
        Assert.Equal(rescue.RowsLost, calls.End.LostEvents);
    }

    [Fact]
    public void BrokenFiles_AreRefusedOrRead()
    {
        byte[] plain = Write(new RecordingOfEverything(40), ParquetWriterTests.Small(ParquetCompression.None));
        FuzzRun.Run(
            [plain], FuzzRun.Pieces("PAR1 DTAX damon_trace.annex"), (bytes, _) => new ParquetRecordingReader(new MemoryStream(bytes)), output.WriteLine);
    }

    private static bool IsNoDescription(string line) => !line.Contains("Description {", StringComparison.Ordinal);

    private static void Replace(byte[] file, string from, string to)
    {
        byte[] old = Encoding.ASCII.GetBytes(from);
        int at = -1;
        for (int next = 0; (next = file.AsSpan(at + 1).IndexOf(old)) >= 0;)
        {
            at += next + 1;
            Encoding.ASCII.GetBytes(to).CopyTo(file, at);
        }

        Assert.True(at >= 0, $"{from} is not in the file");
    }

    private static byte[] Write(IRecordingReader recording, ParquetOptions options)
    {
        using MemoryStream file = new();
        using ParquetWriter writer = new(file, options);
        recording.Read(writer, CancellationToken.None);
        return file.ToArray();
    }

    private string WriteDataSet(RecordingOfEverything recording, string host = "db7")
    {
        string folder = _directory.Of("dataset");
        using DataSetWriter writer = new(folder, host, ParquetWriterTests.Small(ParquetCompression.None));
        recording.Read(writer, CancellationToken.None);
        return folder;
    }

    private static RecordedCalls Calls(IRecordingReader reader)
    {
        RecordedCalls calls = new();
        reader.Read(calls, CancellationToken.None);
        return calls;
    }

    private static void AssertSame(RecordedCalls expected, RecordedCalls actual)
    {
        for (int i = 0; i < Math.Min(expected.Lines.Count, actual.Lines.Count); i++)
        {
            Assert.True(expected.Lines[i] == actual.Lines[i], $"call {i}: {actual.Lines[i]}, expected {expected.Lines[i]}");
        }

        Assert.Equal(expected.Lines.Count, actual.Lines.Count);
        Assert.Equal(expected.End, actual.End);
    }
}
