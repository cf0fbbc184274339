using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests;

/// <summary>A recording made by hand: 5 ms samples, 100 ms aggregations, 20 checks each, begin of the first at time 0.</summary>
internal sealed class HandmadeRecording : IRecordingReader
{
    private const long AggregationNs = 100_000_000;

    private readonly List<Action<IRecordingSink>> _calls = [];
    private long _snapshots;
    private long _incomplete;
    private long _events;

    public long Lost { get; init; }

    public string? Truncation { get; init; }

    /// <summary>Whether snapshots carry intervals and times, as ours do and perf's text does not.</summary>
    public bool HasIntervals { get; init; } = true;

    public long? WallOffsetNs { get; init; }

    public HandmadeRecording Call(Action<IRecordingSink> call)
    {
        _calls.Add(call);
        return this;
    }

    public HandmadeRecording Target(ulong targetId, int pid, string comm, string commandLine) =>
        Call(sink => sink.OnTarget(new TargetDescription(targetId, pid, 1, comm, commandLine)));

    public HandmadeRecording Mapping(ulong targetId, ulong start, ulong end, string permissions, string name, uint generation = 1) =>
        Call(sink => sink.OnMapping(new MappingDescription(targetId, generation, 1, start, end, permissions, name)));

    /// <summary>
    /// Adds a look at the followed pages of target 0: a record per mapping, pages by idle time in ascending order of the buckets. Looks are 100 ms
    /// apart, pairs of them a second.
    /// </summary>
    public HandmadeRecording Idle(
        double seconds, (uint Mapping, uint ResidentPages, ushort Unknown, (int Bucket, ushort Pages)[] Pages)[] records, double since = 0,
        Func<int, int>? changes = null)
    {
        IdlePages idle = new()
        {
            TimeNs = (ulong)(seconds * 1e9),
            SinceNs = (ulong)(since * 1e9),
            ShortNs = 100_000_000,
            LongNs = 1_000_000_000,
            Generation = 1,
            NrRecords = (uint)records.Length,
        };
        for (int bound = 0; bound < IdleBuckets.NrBounds; bound++)
        {
            idle.NrChanges[bound] = (ushort)(changes?.Invoke(bound) ?? 2);
        }

        IdleRecord[] told = new IdleRecord[records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            told[i] = new IdleRecord { Mapping = records[i].Mapping, ResidentPages = records[i].ResidentPages, NrUnknown = records[i].Unknown };
            foreach ((int bucket, ushort pages) in records[i].Pages)
            {
                told[i].NrPages[bucket] = pages;
            }
        }

        return Call(sink => sink.OnIdle(in idle, told));
    }

    /// <summary>Adds a snapshot of 20 checks with a sampling interval of its own, as a CPU budget makes them.</summary>
    public HandmadeRecording Stretched(long beginNs, ulong sampleUs, (ulong Start, ulong End, uint NrAccesses, uint Age)[] regions)
    {
        Snapshot snapshot = new()
        {
            KdamondTid = 77,
            NrRegions = (uint)regions.Length,
            Complete = true,
            BeginNs = beginNs,
            EndNs = beginNs + ((long)sampleUs * 20_000),
            NrSamples = 20,
            SampleUs = sampleUs,
            AggrUs = sampleUs * 20,
        };
        foreach ((ulong start, ulong end, uint accesses, uint age) in regions)
        {
            snapshot.Add(new RegionEvent { Start = start, End = end, NrAccesses = accesses, Age = age });
        }

        _snapshots++;
        return Call(sink => sink.OnSnapshot(snapshot));
    }

    /// <summary>What a region holds, of which so much is unknown and touched, in pages.</summary>
    public static RegionEstimateRecord Estimate(uint resident, uint unknown, float touched, float error = 0) =>
        new() { ResidentPages = resident, UnknownPages = unknown, TouchedPages = touched, TouchedErrorPages = error };

    /// <summary>Adds the snapshot of an aggregation; <paramref name="missing"/> regions were lost.</summary>
    public HandmadeRecording Snapshot(
        int number, (ulong Start, ulong End, uint NrAccesses, uint Age)[] regions, ulong targetId = 0, uint missing = 0,
        RegionEstimateRecord[]? estimates = null, uint nrSamples = 20)
    {
        Snapshot snapshot = new()
        {
            Kdamond = "kdamond.0",
            KdamondTid = 77,
            TargetId = targetId,
            Number = (ulong)number,
            NrRegions = (uint)regions.Length + missing,
            Complete = missing == 0,
            WallOffsetNs = WallOffsetNs,
        };
        if (HasIntervals)
        {
            snapshot.BeginNs = number * AggregationNs;
            snapshot.EndNs = (number + 1) * AggregationNs;
            snapshot.NrSamples = nrSamples;
            snapshot.WindowsNs = nrSamples * 5_200_000UL;
            snapshot.NrUnclearable = 2;
            snapshot.NrUnprepared = 0;
            snapshot.SampleUs = 5000;
            snapshot.AggrUs = 100_000;
        }

        foreach ((ulong start, ulong end, uint accesses, uint age) in regions)
        {
            long timestampNs = (number + 1) * AggregationNs;
            snapshot.Add(new RegionEvent { TimestampNs = timestampNs, Start = start, End = end, NrAccesses = accesses, Age = age });
        }

        if (estimates is not null)
        {
            snapshot.AddEstimates(estimates);
            snapshot.Memory = Sum(estimates);
        }

        _snapshots++;
        _incomplete += missing == 0 ? 0 : 1;
        _events += regions.Length;
        return Call(sink => sink.OnSnapshot(snapshot));
    }

    private static SnapshotMemory Sum(RegionEstimateRecord[] estimates) => new()
    {
        ResidentBytes = (ulong)estimates.Sum(estimate => estimate.ResidentPages * 4096L),
        UnknownBytes = (ulong)estimates.Sum(estimate => estimate.UnknownPages * 4096L),
        TouchedBytes = (ulong)estimates.Sum(estimate => estimate.TouchedPages * 4096.0),
        TouchedErrorBytes = (ulong)Math.Sqrt(estimates.Sum(estimate => Math.Pow(estimate.TouchedErrorPages * 4096.0, 2))),
    };

    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        foreach (Action<IRecordingSink> call in _calls)
        {
            call(sink);
        }

        sink.OnEnd(new RecordingEnd(_snapshots, _incomplete, _events, Lost, Truncation));
    }
}
