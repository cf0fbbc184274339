using Damon.Trace.Events;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Parquet.DataSet;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>Which file a row of a data set is in, and what two foreign readers find there.</summary>
public sealed class DataSetTests : IDisposable
{
    // Snapshot number n of ExpectedTable.Ordinary is n * 100 ms after the clock's begin.
    private const int BeforeMidnight = 10;

    private static readonly long s_midnightNs = (new DateTime(2026, 9, 22, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks * 100;

    private readonly TestDirectory _directory = new();

    private string Root => _directory.Of("set");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(ForeignReader.Hyparquet)]
    [InlineData(ForeignReader.DuckDb)]
    public void Midnight_SplitsRowsAndRepeatsDescriptions(string reader)
    {
        ForeignReader.SkipIfMissing();
        List<Snapshot> snapshots = [.. Enumerable.Range(0, 25).Select(number => Ordinary((ulong)number))];
        Write(snapshots);

        string file = Assert.Single(Files("regions", "2026-09-21"));
        Assert.Equal("20260921T235959.099500000Z-77.parquet", Path.GetFileName(file));
        AssertRegions(reader, file, snapshots[..BeforeMidnight]);
        AssertRegions(reader, Assert.Single(Files("regions", "2026-09-22")), snapshots[BeforeMidnight..]);
        foreach (string date in (string[])["2026-09-21", "2026-09-22"])
        {
            Assert.Equal([["0", "4711", "9", "redis"]], Read(reader, "targets", date, 3));
            Assert.Equal([["kdamond.0", "vaddr", "access-bits", "flush=yes", "5000", "100000", "1000000", "10", "1000"]],
                Read(reader, "contexts", date, 3));
            Assert.Equal(
                [["0", "7", "2", "4096", "8192", "r-xp", "/usr/bin/redis", ""], ["0", "7", "2", "8192", "12288", "rw-p", "", ""]],
                Read(reader, "mappings", date, 3));
        }

        Assert.Equal([["0", "9000", "8000", null, "10"]], Read(reader, "footprint", "2026-09-21", 3));
        Assert.Equal(
            [["0", "5", "100", "1000", "7", "1", "40960", "2", "1", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "3"],
             ["0", "5", "100", "1000", "7", null, "8192", "0", "0", "4", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"]],
            Read(reader, "idle", "2026-09-22", 3));
        Assert.Equal([["2499500000", "25", "1", "250", "3", "4", "5", "line 3: cut"]], Read(reader, "recordings", "2026-09-22", 3));
    }

    [Fact]
    public void SameRecordingAgain_ReplacesItself()
    {
        ForeignReader.SkipIfMissing();
        List<Snapshot> snapshots = [.. Enumerable.Range(0, 25).Select(number => Ordinary((ulong)number))];
        Write(snapshots[..12]);
        Write(snapshots);
        AssertRegions(ForeignReader.DuckDb, Assert.Single(Files("regions", "2026-09-22")), snapshots[BeforeMidnight..]);

        // What an earlier export of the same recording left and a later one does not make goes, too; other recordings stay.
        Write(snapshots[5..]);
        Write(snapshots[..5]);
        Assert.Equal(2, Files("regions", "2026-09-21").Length);
        Assert.StartsWith("20260921T235959.5", Path.GetFileName(Assert.Single(Files("regions", "2026-09-22"))), StringComparison.Ordinal);
    }

    [Fact]
    public void UnfinishedExport_LeavesNothing()
    {
        using (DataSetWriter writer = new(Root, "a-host"))
        {
            writer.OnSnapshot(Ordinary(0));
            Assert.All(Directory.EnumerateFileSystemEntries(Root), path => Assert.StartsWith(".", Path.GetFileName(path), StringComparison.Ordinal));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public void WithoutWallClock_TheDateIsHivesNull()
    {
        ForeignReader.SkipIfMissing();
        Snapshot snapshot = Ordinary(3);
        snapshot.WallOffsetNs = null;
        Write([snapshot]);
        string file = Assert.Single(Files("regions", "__HIVE_DEFAULT_PARTITION__"));
        Assert.Equal("monotonic0000000000399500000-77.parquet", Path.GetFileName(file));
        AssertRegions(ForeignReader.DuckDb, file, [snapshot]);
    }

    [Fact]
    public void ClockThatJumpsBetweenDays_LosesNoRow()
    {
        ForeignReader.SkipIfMissing();
        const long Day = 86_400_000_000_000;
        List<Snapshot> snapshots = [];
        foreach (int day in (int[])[0, 1, 2, 0, 1])
        {
            Snapshot snapshot = Ordinary((ulong)snapshots.Count);
            snapshot.WallOffsetNs += day * Day;
            snapshots.Add(snapshot);
        }

        Write(snapshots);
        string[] files = Files("regions", "2026-09-21");
        Assert.Equal(2, files.Length);
        AssertRegions(ForeignReader.DuckDb, files.Single(file => !file.EndsWith(".2.parquet", StringComparison.Ordinal)), [snapshots[0]]);
        AssertRegions(ForeignReader.DuckDb, files.Single(file => file.EndsWith(".2.parquet", StringComparison.Ordinal)), [snapshots[3]]);
    }

    [Theory]
    [InlineData("db-1.example_x", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a=b", false)]
    public void Host_IsWhatAFolderCanBeCalled(string host, bool valid) => Assert.Equal(valid, DataSetWriter.IsHost(host));

    private static Snapshot Ordinary(ulong number)
    {
        Snapshot snapshot = ExpectedTable.Ordinary(number, 10);
        snapshot.WallOffsetNs = s_midnightNs - (BeforeMidnight * 100_000_000L);
        return snapshot;
    }

    private void Write(List<Snapshot> snapshots)
    {
        using DataSetWriter writer = new(Root, "a-host", ParquetWriterTests.Small(ParquetCompression.None));
        ContextDescription context = new(
            new ContextAttributes { SampleUs = 5000, AggrUs = 100_000, UpdateUs = 1_000_000, MinNrRegions = 10, MaxNrRegions = 1000 },
            "kdamond.0", "vaddr", "access-bits", "flush=yes");
        // Repeated for those who attach late.
        for (int i = 0; i < 2; i++)
        {
            writer.OnContext(context);
            writer.OnTarget(new TargetDescription(0, 4711, 9, "redis", "redis --password=secret"));
            writer.OnMapping(new MappingDescription(0, 7, 2, 4096, 8192, "r-xp", "/usr/bin/redis"));
            writer.OnMapping(new MappingDescription(0, 7, 2, 8192, 12288, "rw-p", ""));
        }

        writer.OnFootprint(new Footprint { TimeNs = 1, VszBytes = 9000, RssBytes = 8000, PssBytes = Footprint.Unknown, SwapBytes = 10 });
        writer.OnHeartbeat(new Heartbeat { NrLate = 4, NrMissed = 5 });
        foreach (Snapshot snapshot in snapshots)
        {
            writer.OnSnapshot(snapshot);
        }

        IdleRecord some = new() { Mapping = 1, ResidentPages = 10, NrUnknown = 2 };
        some.NrPages[0] = 1;
        some.NrPages[14] = 3;
        IdleRecord other = new() { Mapping = IdleRecord.OtherMappings, ResidentPages = 2 };
        other.NrPages[1] = 4;
        IdlePages idle = new()
        {
            TimeNs = (ulong)snapshots.Count * 100_000_000,
            SinceNs = 5,
            ShortNs = 100,
            LongNs = 1000,
            Generation = 7,
            NrRecords = 2,
            NrPages = 10,
        };
        writer.OnIdle(in idle, [some, other]);
        writer.OnEnd(new RecordingEnd(snapshots.Count, 1, snapshots.Sum(snapshot => snapshot.Count), 3, "line 3: cut"));
    }

    private string[] Files(string table, string date) =>
        Directory.GetFiles(Path.Combine(Root, table, "host=a-host", "date=" + date), "*.parquet");

    /// <summary>The rows of a table without its first columns: recording, timestamp and monotonic_ns.</summary>
    private List<string?[]> Read(string reader, string table, string date, int without) =>
        [.. ForeignReader.Read(reader, [Assert.Single(Files(table, date))], "rows")[0].Select(row => row[without..])];

    private static void AssertRegions(string reader, string file, IEnumerable<Snapshot> snapshots)
    {
        ExpectedTable expected = new();
        foreach (Snapshot snapshot in snapshots)
        {
            expected.Add(snapshot);
        }

        List<string?[]> rows = ForeignReader.Read(reader, [file], "rows")[0];
        string recording = Path.GetFileName(file).Replace(".2.parquet", ".parquet", StringComparison.Ordinal)[..^".parquet".Length];
        Assert.All(rows, row => Assert.Equal((recording, "7"), (row[^2], row[^1])));
        ParquetWriterTests.AssertRows(expected, [.. rows.Select(row => row[..ExpectedTable.Columns.Length])], reader, file);
    }
}
