using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

public sealed class PerfScriptWriterTests
{
    /// <summary>Every shape the reader knows, several kdamonds and targets, losses, comments, other events: one shape comes out.</summary>
    [Theory]
    [InlineData("shapes.perf-6.4.txt", PerfCompat.Perf64, false, false)]
    [InlineData("shapes.perf-6.5.txt", PerfCompat.Perf65, false, false)]
    [InlineData("shapes.perf-6.5-ns.txt", PerfCompat.Perf65, true, false)]
    [InlineData("shapes.perf-6.5-all-events.txt", PerfCompat.Perf65, false, true)]
    public void Golden_Shapes(string expected, PerfCompat compat, bool nanoseconds, bool allEvents)
    {
        PerfScriptOptions options = new() { Compat = compat, Nanoseconds = nanoseconds, AllEvents = allEvents };
        GoldenFile.Check(expected, Rewrite(GoldenFile.Input("shapes.txt"), options));
    }

    [Theory]
    [InlineData(PerfCompat.Perf64, false, false)]
    [InlineData(PerfCompat.Perf65, false, false)]
    [InlineData(PerfCompat.Perf65, true, false)]
    [InlineData(PerfCompat.Perf65, false, true)]
    public void WrittenText_IsReadAndWrittenUnchanged(PerfCompat compat, bool nanoseconds, bool allEvents)
    {
        PerfScriptOptions options = new() { Compat = compat, Nanoseconds = nanoseconds, AllEvents = allEvents };
        byte[] text = Rewrite(GoldenFile.Input("shapes.txt"), options);
        Assert.Equal(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(Rewrite(text, options)));
    }

    [Fact]
    public void OurOwnKdamonds_BecomeOneWordAndForeignOnesStay()
    {
        Assert.StartsWith("     damon trace ", Write(ours: false), StringComparison.Ordinal);
        Assert.StartsWith("     damon_trace ", Write(ours: true), StringComparison.Ordinal);

        static string Write(bool ours)
        {
            MemoryStream output = new();
            PerfScriptWriter writer = new(output);
            if (ours)
            {
                writer.OnContext(new ContextDescription(default, "damon trace", "vaddr", "access-bits", ""));
            }

            Snapshot snapshot = new() { Kdamond = "damon trace", KdamondTid = 5, NrRegions = 1 };
            snapshot.Add(new RegionEvent { End = 1 });
            writer.OnSnapshot(snapshot);
            writer.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
            return Encoding.UTF8.GetString(output.ToArray());
        }
    }

    [Fact]
    public void FlushEachSnapshot_HandsOnAtOnce()
    {
        MemoryStream output = new();
        PerfScriptWriter waiting = new(output);
        Snapshot snapshot = new() { Kdamond = "kdamond.0", NrRegions = 1 };
        snapshot.Add(default);
        waiting.OnSnapshot(snapshot);
        Assert.Equal(0, output.Length);
        new PerfScriptWriter(output, new PerfScriptOptions { FlushEachSnapshot = true }).OnSnapshot(snapshot);
        Assert.NotEqual(0, output.Length);
    }

    [Fact]
    public void LongRecording_PassesThroughTheBuffer()
    {
        MemoryStream output = new();
        PerfScriptWriter writer = new(output);
        Snapshot snapshot = new() { Kdamond = "kdamond.0", NrRegions = 5000 };
        for (uint i = 0; i < 5000; i++)
        {
            snapshot.Add(new RegionEvent { Start = i, End = i + 1 });
        }

        writer.OnSnapshot(snapshot);
        writer.OnEnd(new RecordingEnd(1, 0, 5000, 0, null));
        CountingSink sink = new();
        output.Position = 0;
        RecordingEnd end = new PerfScriptReader(output).ReadTo(sink);
        Assert.Equal(new RecordingEnd(1, 0, 5000, 0, null), end);
        Assert.Equal(5000, writer.Lines);
    }

    internal static byte[] Rewrite(byte[] text, PerfScriptOptions options)
    {
        MemoryStream output = new();
        new PerfScriptReader(new MemoryStream(text)).ReadTo(new PerfScriptWriter(output, options));
        return output.ToArray();
    }
}
