using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>What we write as perf's text, damo's rules read rightly.</summary>
public sealed class DamoTextTests
{
    [Theory]
    [InlineData(PerfCompat.Perf64, false)]
    [InlineData(PerfCompat.Perf65, false)]
    [InlineData(PerfCompat.Perf65, true)]
    public void Text_IsReadByDamosRules(PerfCompat compat, bool nanoseconds)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            string text = WriteText(seed, out List<RecordedSnapshot> played, new PerfScriptOptions { Compat = compat, Nanoseconds = nanoseconds });
            DamoTextParser damo = DamoTextParser.Parse(text);
            Assert.Equal(played.Select(s => s.TargetId).Distinct().Order(), damo.Records.Keys);
            foreach ((ulong target, List<DamoTextParser.Snapshot> record) in damo.Records)
            {
                RecordedSnapshot[] expected = [.. played.Where(s => s.TargetId == target)];
                Assert.Equal(
                    expected.Select(s => string.Concat(s.Regions.Select(r => $"{r.Start}-{r.End}:{r.NrAccesses},{r.Age} "))),
                    record.Select(s => string.Concat(s.Regions.Select(r => $"{r.Start}-{r.End}:{r.NrAccesses},{r.Age} "))));

                // Its time is a double: with 6 digits exact to the microsecond, with 9 some hundred nanoseconds are lost.
                Assert.All(record.Zip(expected), pair => Assert.InRange(
                    pair.Second.Regions[0].TimestampNs - pair.First.EndNs, -1000, 1000));
            }
        }
    }

    [Fact]
    public void EveryLine_KeepsTheContract()
    {
        string text = WriteText(1, out _, new PerfScriptOptions { AllEvents = true });
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.NotEqual(4, words.Length);
            Assert.InRange(words[0].Length, 1, 15);
            Assert.True(int.TryParse(words[1], out _));
            Assert.Matches(@"^\[\d{3,}\]$", words[2]);
            Assert.Matches(@"^\d+\.\d{6}:$", words[3]);
            Assert.Contains(words[4], new[] { "damon:damon_aggregated:", "damon:damon_monitor_intervals_tune:" });
        }
    }

    [Fact]
    public void StrangeNamesOfOurKdamonds_AreOneWord()
    {
        string text = WriteText(1, out _, new PerfScriptOptions(), ".NET TP Wörker\u0001x");
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Equal(
            ".NET_TP_W_rker_", line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        Assert.NotEmpty(DamoTextParser.Parse(text).Records);
    }

    [Fact]
    public void WorkingSetAndHeat_AreTheSameFromTextJsonAndSource()
    {
        // damo: the working set of a snapshot is the size of all regions with one access or more; heat is accesses x size x time.
        string text = WriteText(7, out List<RecordedSnapshot> played, new PerfScriptOptions());
        RecordedSink json = RecordedSink.Read(new DamoJsonReader(new MemoryStream(Encoding.UTF8.GetBytes(
            DamoJsonWriterTests.Write(sink => Recording(7).Play(sink))))));
        foreach ((ulong target, List<DamoTextParser.Snapshot> record) in DamoTextParser.Parse(text).Records)
        {
            RecordedSnapshot[] expected = [.. played.Where(s => s.TargetId == target)];
            Assert.Equal(
                expected.Select(s => WorkingSet(s.Regions)),
                record.Select(s => s.Regions.Where(r => r.NrAccesses >= 1).Aggregate(0UL, (sum, r) => sum + (r.End - r.Start))));
            Assert.Equal(
                expected.Select(s => Heat(s.Regions)),
                record.Select(s => s.Regions.Aggregate((UInt128)0, (sum, r) => sum + ((UInt128)r.NrAccesses * (r.End - r.Start)))));
            RecordedSnapshot[] fromJson = [.. json.Snapshots.Where(s => s.TargetId == target)];
            Assert.Equal(expected.Select(s => WorkingSet(s.Regions)), fromJson.Select(s => WorkingSet(s.Regions)));
            Assert.Equal(expected.Select(s => Heat(s.Regions)), fromJson.Select(s => Heat(s.Regions)));

            // The json keeps the time exactly, and the end of one snapshot is the begin of the next.
            Assert.Equal(expected.Select(s => (long?)s.Regions[0].TimestampNs), fromJson.Select(s => s.EndNs));
            Assert.Equal(fromJson.SkipLast(1).Select(s => s.EndNs), fromJson.Skip(1).Select(s => s.BeginNs));
        }
    }

    private static ulong WorkingSet(RegionEvent[] regions) =>
        regions.Where(r => r.NrAccesses >= 1).Aggregate(0UL, (sum, r) => sum + (r.End - r.Start));

    private static UInt128 Heat(RegionEvent[] regions) =>
        regions.Aggregate((UInt128)0, (sum, r) => sum + ((UInt128)r.NrAccesses * (r.End - r.Start)));

    private static RandomRecording Recording(int seed) => new(seed) { Kdamonds = 1, WithHeaders = false };

    private static string WriteText(int seed, out List<RecordedSnapshot> played, PerfScriptOptions options, string kdamond = "kdamond.0")
    {
        using MemoryStream output = new();
        PerfScriptWriter writer = new(output, options);
        if (kdamond != "kdamond.0")
        {
            writer.OnContext(new ContextDescription(default, kdamond, "vaddr", "x", ""));
        }

        writer.OnIntervalsTuned(1_000_000, 0, kdamond, 77, 5000);
        played = Recording(seed).Play(new Renamed(writer, kdamond));
        return Encoding.Latin1.GetString(output.ToArray());
    }

    private sealed class Renamed(IRecordingSink sink, string kdamond) : SnapshotsOnly
    {
        public override void OnSnapshot(Snapshot snapshot)
        {
            snapshot.Kdamond = kdamond;
            sink.OnSnapshot(snapshot);
        }

        public override void OnEnd(RecordingEnd end) => sink.OnEnd(end);
    }
}
