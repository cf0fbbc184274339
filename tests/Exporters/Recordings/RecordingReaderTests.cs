using System.Text;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.TraceEvents;

namespace Damon.Trace.Exporters.Tests.Recordings;

public sealed class RecordingReaderTests
{
    [Theory]
    [InlineData("2ELIFREP........", "big-endian")]
    [InlineData("PAR1....", "the Parquet file is damaged")]
    [InlineData("\x1f\x8b\b\0....", "x.bin (expanded): offset 0: the input is empty; the compressed data ends early, at byte 8")]
    [InlineData("BZh91AY&SY......", "hint: bzip2 -dc FILE")]
    [InlineData("\x04\x22\x4d\x18........", "hint: lz4 -dc FILE")]
    [InlineData("\u007fELF\u0002\u0001\u0001\0", "found 7F454C4602010100")]
    [InlineData("", "the input is empty")]
    public void Other_formats_are_refused_with_what_was_found(string content, string expected)
    {
        using RecordingReader reader = new(new MemoryStream(Encoding.Latin1.GetBytes(content)), "x.bin");
        RecordingFormatException e = Assert.Throws<RecordingFormatException>(() => reader.Read(new RecordedCalls(), CancellationToken.None));

        Assert.Contains(expected, $"{e.Message}, hint: {e.Hint}", StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_is_not_NetTrace_for_either_reader()
    {
        byte[] garbage = Encoding.ASCII.GetBytes("this is not a recording at all, is it?");
        RecordingFormatException own = Assert.Throws<RecordingFormatException>(
            () => new NetTraceReader(new MemoryStream(garbage)).Read(new RecordedCalls(), CancellationToken.None));
        RecordingFormatException other = Assert.Throws<RecordingFormatException>(
            () => new TraceEventReader(new MemoryStream(garbage)).Read(new RecordedCalls(), CancellationToken.None));

        Assert.Equal("offset 0: expected \"Nettrace\", found 7468697320697320 \"this is \"", own.Message);
        Assert.StartsWith("offset 0: expected \"Nettrace\"", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_what_perf_script_prints()
    {
        string text = " kdamond.0    77 [001]    12.345678: damon:damon_aggregated: target_id=3 nr_regions=1 4096-8192: 5 9\n";
        RecordedCalls calls = new();
        using RecordingReader reader = new(new MemoryStream(Encoding.ASCII.GetBytes(text)), "-");
        reader.Read(calls, CancellationToken.None);

        Assert.Equal(new RecordingEnd(1, 0, 1, 0, null), calls.End);
        Assert.StartsWith("snapshot kdamond.0 77 3 ", calls.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_ordinary_IO_error() =>
        Assert.Throws<FileNotFoundException>(() => RecordingReader.Open("no-such-recording.nettrace").Dispose());
}
