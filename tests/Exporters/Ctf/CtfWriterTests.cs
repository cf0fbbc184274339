using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Ctf;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.Damo;

namespace Damon.Trace.Exporters.Tests.Ctf;

public sealed partial class CtfWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("damon-trace-ctf-").FullName;

    private string Trace => Path.Combine(_folder, "trace");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Babeltrace2_ReadsEveryEventAndField()
    {
        Babeltrace2.Require();
        for (int seed = 0; seed < 5; seed++)
        {
            string trace = Path.Combine(_folder, "seed" + seed);
            List<RecordedSnapshot> played = new RandomRecording(seed) { WithHeaders = false, MaxRegions = 300 }.Play(
                new CtfWriter(trace, new CtfOptions { PacketEvents = 100 }));
            IEnumerable<string> expected = played.SelectMany(s => s.Regions.Select(r => Line(s, r)));
            Assert.Equal(expected.Order(StringComparer.Ordinal), Events(Babeltrace2.Run(trace)).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Babeltrace2_SeesTheNewSamplingIntervalAndWallClock()
    {
        Babeltrace2.Require();
        CtfWriter writer = new(Trace, new CtfOptions { WallOffsetNs = 1_700_000_000_123_456_789 });
        writer.OnIntervalsTuned(1_500, 2, "kdamond.0", 77, 80_000);
        writer.OnEnd(new RecordingEnd(0, 0, 0, 0, null));
        string line = Assert.Single(Babeltrace2.Run(Trace, "--clock-seconds"));
        Assert.StartsWith("[1700000000.123458289] ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            "damon:damon_monitor_intervals_tune: { cpu_id = 2 }, { tid = 77, procname = \"kdamond.0\" }, { sample_us = 80000 }",
            line, StringComparison.Ordinal);
    }

    [Fact]
    public void Babeltrace2_ReportsLostEvents()
    {
        Babeltrace2.Require();
        CtfWriter writer = new(Trace, new CtfOptions { PacketEvents = 1 });
        foreach (long time in new[] { 1000, 2000, 3000 })
        {
            Snapshot snapshot = One(time);
            snapshot.NrRegions = time == 2000 ? 5u : 1u;
            writer.OnSnapshot(snapshot);
        }

        writer.OnEnd(new RecordingEnd(3, 1, 3, 4, null));
        Assert.Equal(3, Events(Babeltrace2.Run(Trace, out string warnings)).Count());
        Assert.Contains("discarded 4 events", warnings, StringComparison.Ordinal);
    }

    [Fact]
    public void Babeltrace2_ReadsOverlappingAndUnsortedSnapshots()
    {
        Babeltrace2.Require();
        CtfWriter writer = new(Trace);
        foreach (long time in new[] { 5000, 4000, 6000 })
        {
            writer.OnSnapshot(One(time));
        }

        writer.OnEnd(new RecordingEnd(3, 0, 3, 0, null));
        Assert.Equal(
            ["4000", "5000", "6000"],
            Babeltrace2.Run(Trace).Select(line => EventLine().Match(line).Groups["time"].Value.TrimStart('0')));
    }

    [Fact]
    public void Packet_HasTheLayoutOfTheMetadata()
    {
        Guid uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        CtfWriter writer = new(Trace, new CtfOptions { Uuid = uuid });
        writer.OnSnapshot(One(7));
        writer.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        byte[] packet = File.ReadAllBytes(Path.Combine(Trace, "channel0_0"));
        Assert.Equal(4096, packet.Length);
        Assert.Equal(
            "c11ffcc1" + "00112233445566778899aabbccddeeff" + "00000000"
            + "0700000000000000" + "0700000000000000" + "7004000000000000" + "0080000000000000"
            + "0000000000000000" + "0000000000000000" + "03000000"
            + "0000" + "0700000000000000" + "4d000000" + "6b64616d6f6e642e30" + "00000000000000"
            + "0900000000000000" + "01000000" + "0010000000000000" + "0020000000000000" + "05000000" + "06000000",
            Convert.ToHexStringLower(packet.AsSpan(0, 142)));
        Assert.Equal(142UL * 8, BinaryPrimitives.ReadUInt64LittleEndian(packet.AsSpan(40)));
        Assert.True(packet.AsSpan(142).IndexOfAnyExcept((byte)0) < 0);
        string metadata = File.ReadAllText(Path.Combine(Trace, "metadata"));
        Assert.StartsWith("/* CTF 1.8 */\n", metadata, StringComparison.Ordinal);
        Assert.Contains("uuid = \"00112233-4455-6677-8899-aabbccddeeff\"", metadata, StringComparison.Ordinal);
        Assert.Contains("tracer_name = \"damon-trace\"", metadata, StringComparison.Ordinal);
    }

    [Fact]
    public void Offset_IsThatOfTheFirstHeartbeat()
    {
        CtfWriter writer = new(Trace);
        writer.OnHeartbeat(new Heartbeat { WallNs = 5_000_000_123, MonotonicNs = 100 });
        writer.OnHeartbeat(new Heartbeat { WallNs = 9_000_000_000, MonotonicNs = 100 });
        writer.OnEnd(new RecordingEnd(0, 0, 0, 0, null));
        Assert.Contains(
            "offset_s = 5;\n\toffset = 23;\n\tabsolute = TRUE;", File.ReadAllText(Path.Combine(Trace, "metadata")), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_GetsItsNameOnlyAtTheEnd()
    {
        CtfWriter writer = new(Trace + "/");
        writer.OnSnapshot(One(7));
        Assert.False(Directory.Exists(Trace));
        Assert.True(Directory.Exists(Trace + ".partial"));
        Assert.Throws<IOException>(() => new CtfWriter(Trace));
        writer.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        Assert.False(Directory.Exists(Trace + ".partial"));
        Assert.Throws<IOException>(() => new CtfWriter(Trace));
        if (!OperatingSystem.IsWindows())
        {
            foreach (string path in Directory.GetFiles(Trace))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }
    }

    private static Snapshot One(long timeNs)
    {
        Snapshot snapshot = new() { Kdamond = "kdamond.0", KdamondTid = 77, TargetId = 9, NrRegions = 1, Complete = true };
        snapshot.Add(new RegionEvent { TimestampNs = timeNs, Cpu = 3, Start = 4096, End = 8192, NrAccesses = 5, Age = 6 });
        return snapshot;
    }

    private static string Line(RecordedSnapshot s, RegionEvent r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.TimestampNs} {r.Cpu} {s.KdamondTid} {s.Kdamond} {s.TargetId} {s.NrRegions} {r.Start} {r.End} {r.NrAccesses} {r.Age}");

    /// <summary>The lines of babeltrace2 as <see cref="Line"/> writes them.</summary>
    private static IEnumerable<string> Events(IEnumerable<string> lines) => lines.Select(line =>
    {
        Match match = EventLine().Match(line);
        Assert.True(match.Success, line);
        return match.Groups["time"].Value.TrimStart('0') + " " + string.Join(' ', match.Groups.Values.Skip(1).SkipLast(1).Select(g => g.Value));
    });

    [GeneratedRegex(
        """
        ^\[(?<time>\d+)\] \(.*\) damon:damon_aggregated: \{ cpu_id = (\d+) \}, \{ tid = (\d+), procname = "(.*)" \}, \{ target_id = (\d+), nr_regions = (\d+), start = (\d+), end = (\d+), nr_accesses = (\d+), age = (\d+) \}$
        """)]
    private static partial Regex EventLine();
}
