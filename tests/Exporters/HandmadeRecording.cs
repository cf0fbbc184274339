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

    /// <summary>Adds the snapshot of an aggregation; <paramref name="missing"/> regions were lost.</summary>
    public HandmadeRecording Snapshot(
        int number, (ulong Start, ulong End, uint NrAccesses, uint Age)[] regions, ulong targetId = 0, uint missing = 0)
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
            snapshot.NrSamples = 20;
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

        _snapshots++;
        _incomplete += missing == 0 ? 0 : 1;
        _events += regions.Length;
        return Call(sink => sink.OnSnapshot(snapshot));
    }

    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        foreach (Action<IRecordingSink> call in _calls)
        {
            call(sink);
        }

        sink.OnEnd(new RecordingEnd(_snapshots, _incomplete, _events, Lost, Truncation));
    }
}
