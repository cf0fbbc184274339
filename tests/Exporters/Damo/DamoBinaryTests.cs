using System.Buffers.Binary;
using System.Text;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

public sealed class DamoBinaryTests
{
    [Theory]
    [InlineData(DamoBinaryVersion.V0, "")]
    [InlineData(DamoBinaryVersion.V1, "64616d6f6e5f726563666d745f766572")]
    [InlineData(DamoBinaryVersion.V2, "64616d6f6e5f726563666d745f766572")]
    public void OneSnapshot_HasTheLayoutOfThePatch(DamoBinaryVersion version, string magic)
    {
        // Time 3.000000007 s, one target with id 9, one region 4096-8192 with 5 samples; then the made-up snapshot 0.1 s later.
        string id = version == DamoBinaryVersion.V1 ? "09000000" : "0900000000000000";
        string header = version == DamoBinaryVersion.V0 ? "" : magic + $"0{(int)version}000000";
        string expected = header
            + "0300000000000000" + "0700000000000000" + "01000000" + id + "01000000" + "0010000000000000" + "0020000000000000" + "05000000"
            + "0300000000000000" + "07e1f50500000000" + "01000000" + id + "01000000" + "0000000000000000" + "0000000000000000" + "ffffffff";
        Snapshot snapshot = new()
        {
            Kdamond = "kdamond.0",
            TargetId = 9,
            NrRegions = 1,
            Complete = true,
            BeginNs = 2_900_000_007,
            EndNs = 3_000_000_007,
        };
        snapshot.Add(new RegionEvent { Start = 4096, End = 8192, NrAccesses = 5, Age = 3 });
        using MemoryStream output = new();
        DamoBinaryWriter writer = new(output, version);
        writer.OnSnapshot(snapshot);
        writer.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        Assert.Equal(expected, Convert.ToHexStringLower(output.ToArray()));
    }

    [Theory]
    [InlineData(DamoBinaryVersion.V0)]
    [InlineData(DamoBinaryVersion.V1)]
    [InlineData(DamoBinaryVersion.V2)]
    public void EveryRecording_ComesBackWithoutAges(DamoBinaryVersion version)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            byte[] file = Write(version, seed, out List<RecordedSnapshot> played);
            Assert.True(DamoBinaryReader.Recognizes(file));
            RecordedSink read = RecordedSink.Read(new DamoBinaryReader(new MemoryStream(file)));
            Assert.Equal(
                played.Select(s => $"{s.TargetId} {s.Number} {s.EndNs} {Regions(s)}"),
                read.Snapshots.Select(s => $"{s.TargetId} {s.Number} {s.EndNs} {Regions(s)}"));
            Assert.Null(read.End!.Truncation);
        }
    }

    [Fact]
    public void SeveralTargetsOfOneTime_AreSeparateSnapshots()
    {
        // The patch writes all targets of an aggregation under one time.
        byte[] file =
        [
            .. Bytes(1, 0), 2, 0, 0, 0,
            .. Target(7, (10, 20, 3)),
            .. Target(8, (10, 20, 4), (20, 30, 5)),
        ];
        RecordedSink sink = RecordedSink.Read(new DamoBinaryReader(new MemoryStream([.. "damon_recfmt_ver"u8, 2, 0, 0, 0, .. file])));
        Assert.Equal(
            ["target 7 number 0 complete True of 1: 10-20:3", "target 8 number 0 complete True of 2: 10-20:4 20-30:5"],
            sink.Snapshots.Select(s => s.Describe(withAge: false)));
        Assert.All(sink.Snapshots, s => Assert.Equal((null, 1_000_000_000), (s.BeginNs, s.EndNs)));
    }

    [Fact]
    public void EveryTruncation_GivesWhatCameBeforeAndSaysWhere()
    {
        byte[] file = Write(DamoBinaryVersion.V2, 2, out List<RecordedSnapshot> played);
        string[] whole = [.. played.Select(Regions)];
        for (int length = 21; length < file.Length; length++)
        {
            RecordedSink sink = RecordedSink.Read(new DamoBinaryReader(new MemoryStream(file[..length])));
            Assert.StartsWith(string.Concat(sink.Snapshots.Select(Regions)), string.Concat(whole), StringComparison.Ordinal);
            Assert.True(sink.End!.Truncation is null or { Length: > 0 });
            if (sink.Snapshots.Any(s => !s.Complete))
            {
                Assert.Contains($"The input ends at byte {length}", sink.End.Truncation, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void TwoKdamonds_AreRefused()
    {
        IOException e = Assert.Throws<IOException>(
            () => new RandomRecording(1) { Kdamonds = 2 }.Play(new DamoBinaryWriter(Stream.Null)));
        Assert.Contains("cannot tell kdamonds apart", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LargeTargetId_DoesNotFitVersion1()
    {
        Snapshot snapshot = new() { TargetId = 1UL << 31 };
        snapshot.Add(default);
        Assert.Throws<IOException>(() => new DamoBinaryWriter(Stream.Null, DamoBinaryVersion.V1).OnSnapshot(snapshot));
    }

    [Theory]
    [InlineData("", "found an empty file.")]
    [InlineData("damon_recfmt_ver", "expected the version of the binary record, found the end of the file.")]
    [InlineData("damon_recfmt_verABCD", "expected version 0, 1 or 2 of the binary record, found 1145258561.")]
    [InlineData("a text that is no record of any kind, but long enough for one", "expected \"damon_recfmt_ver\"")]
    public void WhatIsNoRecord_IsRefused(string text, string message)
    {
        RecordingFormatException e = Assert.Throws<RecordingFormatException>(
            () => RecordedSink.Read(new DamoBinaryReader(new MemoryStream(Encoding.ASCII.GetBytes(text)))));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LimitsOfThePatch_AreThose()
    {
        Assert.Equal(4_194_304, DamoBinaryFormat.MaxBufferBytes);
        Assert.Equal(256, DamoBinaryFormat.MaxPathBytes);
    }

    internal static byte[] Write(DamoBinaryVersion version, int seed, out List<RecordedSnapshot> played)
    {
        using MemoryStream output = new();
        played = new RandomRecording(seed)
        {
            Kdamonds = 1,
            Targets = 1 + (seed % 3),
            Aggregations = 1 + (seed % 6),
            MaxTargetId = int.MaxValue,
        }.Play(new DamoBinaryWriter(output, version));
        return output.ToArray();
    }

    private static string Regions(RecordedSnapshot snapshot) =>
        string.Concat(snapshot.Regions.Select(r => $"{r.Start}-{r.End}:{r.NrAccesses} "));

    private static byte[] Bytes(params long[] values) =>
        [.. values.SelectMany(v => { byte[] b = new byte[8]; BinaryPrimitives.WriteInt64LittleEndian(b, v); return b; })];

    private static byte[] Target(long id, params (long Start, long End, byte NrAccesses)[] regions) =>
        [.. Bytes(id), (byte)regions.Length, 0, 0, 0, .. regions.SelectMany(r => (byte[])[.. Bytes(r.Start, r.End), r.NrAccesses, 0, 0, 0])];
}
