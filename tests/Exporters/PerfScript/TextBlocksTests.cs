using System.Text;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>A long text is read by several threads, in blocks, and says the same as read line by line.</summary>
public sealed class TextBlocksTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AllLines_SayTheSameInOrder(bool isFile)
    {
        byte[] text = MixedText(3000);
        RecordedCalls whole = new();
        new PerfScriptReader(new MemoryStream(text), isFile).ReadTo(whole);

        // So small that no block has two lines, and none is read ahead.
        RecordedCalls single = new();
        new PerfScriptReader(new SmallReadsStream(text, 50)).ReadTo(single);

        Assert.Equal(single.Lines, whole.Lines);
        Assert.Equal(single.End!.Events, whole.End!.Events);
        Assert.Equal(single.End.Notes, whole.End.Notes);
    }

    [Fact]
    public void AMalformedLineFarBehind_IsNamedByNumberAndOffset()
    {
        byte[] text = [.. MixedText(3000), .. "  kdamond.0 77 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=x\n"u8];
        int lines = text.Count(static value => value == '\n');

        RecordingFormatException error = Assert.Throws<RecordingFormatException>(
            () => new PerfScriptReader(new MemoryStream(text), isFile: true).ReadTo(new CountingSink()));

        Assert.StartsWith($"line {lines}, byte {text.Length - 2}: expected a number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorOfTheInput_ComesAfterItsLines()
    {
        byte[] text = MixedText(3000);
        CountingSink sink = new();

        Assert.Throws<IOException>(() => new PerfScriptReader(new BreakingStream(text)).ReadTo(sink));

        RecordedCalls whole = new();
        new PerfScriptReader(new MemoryStream(text)).ReadTo(whole);
        Assert.InRange(sink.Regions, whole.Regions - 20, whole.Regions);
    }

    /// <summary>Two kdamonds by turns, other events, remarks, comments and line ends of both kinds.</summary>
    private static byte[] MixedText(int snapshots)
    {
        Random random = new(3);
        StringBuilder text = new("# a comment\n");
        for (int i = 0; i < snapshots; i++)
        {
            string end = random.Next(50) == 0 ? "\r\n" : "\n";
            int regions = random.Next(1, 20);
            for (int region = 0; region < regions; region++)
            {
                text.Append($"       kdamond.{i % 2}  {random.Next(2) + 100,6} [00{i % 3}] {i / 10,5}.{region:D6}: ");
                text.Append($"damon:damon_aggregated: target_id=0 nr_regions={regions} ");
                text.Append($"{region * 4096L << (i % 30)}-{(region + 1) * 4096L << (i % 30)}: {random.Next(21)} {random.Next(1000)}{end}");
            }

            text.Append(random.Next(20) switch
            {
                0 => "# remark\n\n",
                1 => "            bash    1234 [001]     1.000000: sched:sched_switch: prev_comm=bash\n",
                2 => $"       kdamond.0     100 [000] {i / 10,5}.000099: damon:damon_monitor_intervals_tune: sample_us={i}\n",
                _ => "",
            });
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is > 0 and int read ? read : throw new IOException("gone");
    }
}
