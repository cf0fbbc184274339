using System.Text.Json;
using Damon.Trace.Exporters;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Events;

namespace Damon.Trace.Cli.Tests.Snapshots;

/// <summary>Exact recordings of a process that knows which pages it touches, and the reports on them.</summary>
[Trait("Category", "Linux")]
public sealed class ExactRecordingTests
{
    [Fact]
    public async Task EverySnapshot_HasEveryTouchedPageAndNoOther()
    {
        using var folder = new TemporaryFolder();
        (string a, string b) = (folder.File("a.nettrace"), folder.File("b.nettrace"));
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");

        CommandRun run = await SnapshotTests.RunAsync("record", "--exact", "-p", $"{exerciser.Pid}", "--aggr", "500ms", "--duration", "2s", "-o", a);
        _ = await SnapshotTests.RunAsync("record", "--exact", "-p", $"{exerciser.Pid}", "--aggr", "500ms", "--duration", "1s", "-o", b);

        (ulong Start, ulong End) hot = ExerciserTruth.Range(exerciser.Ready, "hot");
        (ulong Start, ulong End) cold = ExerciserTruth.Range(exerciser.Ready, "cold");
        var snapshots = Snapshots.Read(a);
        Assert.InRange(snapshots.All.Count, 1, 4);
        Assert.All(snapshots.All, snapshot =>
        {
            Assert.True(snapshot.Complete);
            Assert.Equal((1u, 500_000UL, 500_000UL), (snapshot.NrSamples, snapshot.SampleUs, snapshot.AggrUs));
            Assert.Equal(0UL, snapshot.Memory.TouchedErrorBytes);
            Assert.Equal(hot.End - hot.Start, snapshot.TouchedIn(hot));
            Assert.Equal(0UL, snapshot.TouchedIn(cold));
        });
        Assert.All(snapshots.Labels, static label => Assert.Contains("exact=yes", label, StringComparison.Ordinal));
        Assert.Contains("touching pages again", run.Error, StringComparison.Ordinal);

        CommandRun compare = await CommandRun.RunAsync("report", "compare", a, b, "--json", "--count", "1000");
        JsonElement target = JsonDocument.Parse(compare.Output).RootElement.GetProperty("targets")[0];
        Assert.Equal("touched pages", target.GetProperty("overlap").GetProperty("of").GetString());
        Assert.True(target.GetProperty("overlap").GetProperty("both_bytes").GetUInt64() >= hot.End - hot.Start);
        Assert.Contains(target.GetProperty("overlaps").EnumerateArray(), static overlap => overlap.GetProperty("of").GetString() == "[anon]");
        CommandRun summary = await CommandRun.RunAsync("report", "summary", a);
        Assert.DoesNotContain("to settle", summary.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreRunsThanRegions_AreSaid()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");

        CommandRun run = await SnapshotTests.RunAsync(
            "record", "--exact", "-p", $"{exerciser.Pid}", "--aggr", "300ms", "--max-regions", "10", "--duration", "1s", "-o", path);

        (ulong Start, ulong End) hot = ExerciserTruth.Range(exerciser.Ready, "hot");
        var snapshots = Snapshots.Read(path);
        Assert.All(snapshots.All, snapshot => Assert.InRange(snapshot.Regions, 1, 10));
        Assert.All(snapshots.All, snapshot => Assert.True(snapshot.Memory.TouchedBytes >= hot.End - hot.Start));
        Assert.All(snapshots.Labels, static label => Assert.Contains("regions=joined", label, StringComparison.Ordinal));
        Assert.Contains("had more runs of pages than --max-regions", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEndOfTheTarget_EndsTheRecording()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await SnapshotTests.RunAsync("record", "--exact", "--aggr", "100ms", "-o", folder.File("a.nettrace"), "--", "sleep", "1");

        Assert.Contains("target exited", run.Error, StringComparison.Ordinal);
    }

    /// <summary>What these tests look at.</summary>
    private sealed class Snapshots : IRecordingSink
    {
        internal List<One> All { get; } = [];

        internal List<string> Labels { get; } = [];

        internal static Snapshots Read(string path)
        {
            var snapshots = new Snapshots();
            using RecordingReader reader = RecordingReader.Open(path);
            reader.Read(snapshots, CancellationToken.None);
            Assert.NotEmpty(snapshots.All);
            return snapshots;
        }

        public void OnContext(ContextDescription context) => Labels.Add(context.Labels);

        public void OnTarget(TargetDescription target)
        {
        }

        public void OnMapping(MappingDescription mapping)
        {
        }

        public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
        {
        }

        public void OnHeartbeat(in Heartbeat heartbeat)
        {
        }

        public void OnFootprint(in Footprint footprint)
        {
        }

        public void OnScheme(in SchemeEvent scheme)
        {
        }

        public void OnAccess(in AccessEvent access)
        {
        }

        public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
        {
        }

        public void OnSnapshot(Snapshot snapshot)
        {
            Assert.All(snapshot.Regions.ToArray(), static region => Assert.InRange(region.NrAccesses, 0u, 1u));
            All.Add(new One(
                snapshot.Complete, snapshot.NrSamples!.Value, snapshot.SampleUs!.Value, snapshot.AggrUs!.Value, snapshot.Memory!.Value, snapshot.Count,
                [.. snapshot.Regions.ToArray().Where(static region => region.NrAccesses > 0).Select(static region => (region.Start, region.End))]));
        }

        public void OnEnd(RecordingEnd end)
        {
        }
    }

    private sealed record One(
        bool Complete, uint NrSamples, ulong SampleUs, ulong AggrUs, SnapshotMemory Memory, int Regions, (ulong Start, ulong End)[] Touched)
    {
        internal ulong TouchedIn((ulong Start, ulong End) range) => Touched.Aggregate(0UL, (sum, region) =>
        {
            (ulong from, ulong to) = (Math.Max(region.Start, range.Start), Math.Min(region.End, range.End));
            return sum + (to > from ? to - from : 0);
        });
    }
}
