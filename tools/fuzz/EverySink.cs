using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Fuzz;

/// <summary>Looks at all that a reader delivers: what it says about lengths has to be true.</summary>
internal sealed class EverySink : IRecordingSink
{
    private ulong _sum;
    private bool _ended;

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        if (_ended || (uint)snapshot.Count > snapshot.NrRegions || (snapshot.Complete && (uint)snapshot.Count != snapshot.NrRegions))
        {
            throw new InvalidOperationException($"{snapshot.Count} regions of {snapshot.NrRegions}, complete: {snapshot.Complete}, after the end: {_ended}");
        }

        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            _sum += region.Start + region.End;
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => _ended = !_ended ? true : throw new InvalidOperationException("two ends");

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => _sum += (ulong)context.Labels.Length;

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => _sum += target.TargetId;

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => _sum += (ulong)mapping.Name.Length;

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) => _sum += sampleUs;

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => _sum += heartbeat.NrEvents;

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint) => _sum += footprint.RssBytes;

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => _sum += (ulong)records.Length;

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme) => _sum++;

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access) => _sum++;
}
