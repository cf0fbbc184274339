using Damon.Trace.Events;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>A sink that keeps everything as lines, so that two recordings can be compared.</summary>
internal sealed class Recorded : IRecordingSink
{
    public List<string> Lines { get; } = [];

    public RecordingEnd? End { get; private set; }

    public PerfDataReader? Reader { get; private set; }

    public static Recorded Read(byte[] file) => Read(new MemoryStream(file, writable: false));

    public static Recorded Read(Stream stream)
    {
        Recorded recorded = new() { Reader = new PerfDataReader(stream) };
        recorded.Reader.Read(recorded, CancellationToken.None);
        Assert.NotNull(recorded.End);
        return recorded;
    }

    /// <summary>What our text writer prints of a perf.data.</summary>
    public static byte[] Text(Stream stream, PerfScriptOptions? options = null)
    {
        using MemoryStream text = new();
        new PerfDataReader(stream).Read(new PerfScriptWriter(text, options), CancellationToken.None);
        return text.ToArray();
    }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Lines.Add($"{timestampNs} {cpu} {kdamond} {kdamondTid} tune {sampleUs}");

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
        Lines.Add(
            $"snapshot {snapshot.Kdamond} {snapshot.KdamondTid} {snapshot.TargetId} {snapshot.NrRegions} {snapshot.Complete} {snapshot.WallOffsetNs}");
        foreach (RegionEvent region in snapshot.Regions)
        {
            Lines.Add($"  {region.TimestampNs} {region.Cpu} {region.Start}-{region.End} {region.NrAccesses} {region.Age}");
        }
    }

    public void OnEnd(RecordingEnd end)
    {
        Assert.Null(End);
        End = end;
    }
}
