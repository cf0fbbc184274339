using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>Keeps copies of everything that matters to the tests.</summary>
internal sealed class CollectingSink : IRecordingSink
{
    internal List<Snapshot> Snapshots { get; } = [];

    internal List<(long TimestampNs, int Cpu, string Kdamond, int Tid, ulong SampleUs)> Tunes { get; } = [];

    internal RecordingEnd? End { get; private set; }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Tunes.Add((timestampNs, cpu, kdamond, kdamondTid, sampleUs));

    public void OnContext(ContextDescription context)
    {
    }

    public void OnTarget(TargetDescription target)
    {
    }

    public void OnMapping(MappingDescription mapping)
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
        Snapshot copy = new()
        {
            Kdamond = snapshot.Kdamond,
            KdamondTid = snapshot.KdamondTid,
            TargetId = snapshot.TargetId,
            Number = snapshot.Number,
            NrRegions = snapshot.NrRegions,
            BeginNs = snapshot.BeginNs,
            SampleUs = snapshot.SampleUs,
            WallOffsetNs = snapshot.WallOffsetNs,
            Complete = snapshot.Complete,
        };
        foreach (RegionEvent region in snapshot.Regions)
        {
            copy.Add(region);
        }

        Snapshots.Add(copy);
    }

    public void OnEnd(RecordingEnd end)
    {
        Assert.Null(End);
        End = end;
    }
}
