using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>The rows that should be in the file, worked out a second time and plainly, and the file itself.</summary>
internal sealed class ExpectedTable
{
    /// <summary>Columns in the file's order.</summary>
    internal static readonly string[] Columns =
    [
        "timestamp", "monotonic_ns", "kdamond", "kdamond_tid", "cpu", "target_id", "pid", "snapshot", "region", "nr_regions", "start", "end",
        "nr_accesses", "age", "sample_us", "aggr_us", "begin_ns", "end_ns", "complete", "nr_samples", "nr_unclearable", "nr_unprepared",
        "nr_late", "nr_missed", "windows_ns", "resident_bytes", "unknown_bytes", "touched_bytes", "touched_error_bytes",
        "write_share", "write_looks",
    ];

    internal List<string?[]> Rows { get; } = [];

    internal List<Snapshot> Snapshots { get; } = [];

    internal void Add(Snapshot snapshot)
    {
        Snapshots.Add(snapshot);
        for (int i = 0; i < snapshot.Count; i++)
        {
            RegionEvent region = snapshot.Regions[i];
            RegionEstimateRecord? estimate = snapshot.Estimates.IsEmpty ? null : snapshot.Estimates[i];
            Rows.Add(
            [
                Text(region.TimestampNs + snapshot.WallOffsetNs), Text(region.TimestampNs), snapshot.Kdamond, Text(snapshot.KdamondTid),
                region.Cpu < 0 ? null : Text(region.Cpu), Text(snapshot.TargetId), Text(snapshot.Pid), Text(snapshot.Number), Text(i),
                Text(snapshot.NrRegions), Text(region.Start), Text(region.End), Text(region.NrAccesses), Text(region.Age),
                Text(snapshot.SampleUs), Text(snapshot.AggrUs), Text(snapshot.BeginNs), Text(snapshot.EndNs),
                snapshot.Complete ? "true" : "false", Text(snapshot.NrSamples), Text(snapshot.NrUnclearable), Text(snapshot.NrUnprepared),
                Text(snapshot.NrLate), Text(snapshot.NrMissed), Text(snapshot.WindowsNs), Text(estimate?.ResidentPages * 4096UL),
                Text(estimate?.UnknownPages * 4096UL), Text(Bytes(estimate?.TouchedPages)),
                Text(Bytes(estimate?.TouchedErrorPages)), null, null,
            ]);
        }
    }

    internal void WriteTo(Stream output, ParquetOptions options)
    {
        using ParquetWriter writer = new(output, options);
        foreach (Snapshot snapshot in Snapshots)
        {
            writer.OnSnapshot(snapshot);
        }

        writer.OnEnd(new RecordingEnd(Snapshots.Count, Snapshots.Count(s => !s.Complete), Rows.Count, 3, null));
    }

    /// <summary>A snapshot as DAMON would give it.</summary>
    internal static Snapshot Ordinary(ulong number, int regions)
    {
        Snapshot snapshot = new()
        {
            Kdamond = "kdamond.0",
            KdamondTid = 77,
            Number = number,
            NrRegions = (uint)regions,
            Pid = 4711,
            SampleUs = 5000,
            AggrUs = 100_000,
            BeginNs = (long)number * 100_000_000,
            EndNs = ((long)number * 100_000_000) + 99_000_000,
            NrSamples = 20,
            NrUnclearable = 0,
            NrUnprepared = 1,
            NrLate = 2,
            NrMissed = 0,
            WindowsNs = 98_000_000,
            WallOffsetNs = 1_790_000_000_000_000_000,
            Complete = true,
        };
        ulong start = 1UL << 32;
        for (int i = 0; i < regions; i++)
        {
            ulong end = start + (ulong)(4096 * (1 + (i * 7 % 13)));
            snapshot.Add(new RegionEvent
            {
                TimestampNs = ((long)number * 100_000_000) + 99_500_000 + (i * 150),
                Cpu = i % 50 == 0 ? 1 : 0,
                Start = start,
                End = end,
                NrAccesses = (uint)(i % 21),
                Age = (uint)number,
            });
            start = end;
        }

        return snapshot;
    }

    /// <summary>A snapshot of extremes: every width, both ends of every type, unknown facts here and there.</summary>
    internal static Snapshot Extreme(Random random)
    {
        Snapshot snapshot = new()
        {
            Kdamond = random.Next(3) switch { 0 => "kdamond.0", 1 => "", _ => "kdämon 界 \"'," + random.Next(100) },
            KdamondTid = random.Next(2) == 0 ? int.MaxValue : random.Next(int.MinValue, int.MaxValue),
            TargetId = U64(random),
            Pid = Maybe(random, random.Next(int.MinValue, int.MaxValue)),
            Number = U64(random),
            NrRegions = (uint)U64(random),
            SampleUs = Maybe(random, U64(random)),
            AggrUs = Maybe(random, U64(random)),
            BeginNs = Maybe(random, (long)U64(random)),
            EndNs = Maybe(random, (long)U64(random)),
            NrSamples = Maybe(random, (uint)U64(random)),
            NrUnclearable = Maybe(random, (uint)U64(random)),
            NrUnprepared = Maybe(random, (uint)U64(random)),
            NrLate = Maybe(random, (uint)U64(random)),
            NrMissed = Maybe(random, (uint)U64(random)),
            WindowsNs = Maybe(random, U64(random)),
            WallOffsetNs = Maybe(random, 1_790_000_000_000_000_000),
            Complete = random.Next(2) == 0,
        };
        for (int i = random.Next(0, 90); i > 0; i--)
        {
            snapshot.Add(new RegionEvent
            {
                // With a wall clock a time has to fit into 64 bits together with its offset.
                TimestampNs = snapshot.WallOffsetNs is null ? (long)U64(random) : (long)(U64(random) >> 4),
                Cpu = random.Next(-2, 3),
                Start = U64(random),
                End = U64(random),
                NrAccesses = (uint)U64(random),
                Age = (uint)U64(random),
            });
        }

        for (int i = 0, count = random.Next(2) * snapshot.Count; i < count; i++)
        {
            snapshot.AddEstimates(
            [
                new RegionEstimateRecord
                {
                    ResidentPages = (uint)U64(random),
                    UnknownPages = (uint)U64(random),
                    TouchedPages = random.NextSingle() * 1e9f,
                    TouchedErrorPages = random.NextSingle(),
                },
            ]);
        }

        return snapshot;
    }

    private static ulong U64(Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => 1UL << 63,
        3 => long.MaxValue,
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(0, 64),
    };

    private static T? Maybe<T>(Random random, T value)
        where T : struct => random.Next(3) == 0 ? null : value;

    private static double? Bytes(float? pages) => pages * 4096.0;

    private static string? Text<T>(T value) => value is null ? null : string.Create(CultureInfo.InvariantCulture, $"{value}");
}
