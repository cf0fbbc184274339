namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Keeps what a context emitted.</summary>
internal sealed class RecordingObserver : IAggregationObserver
{
    public List<Aggregated> Snapshots { get; } = [];

    public List<ulong> TunedUs { get; } = [];

    /// <summary>What happened, in order: the target id of a snapshot, or "tuned".</summary>
    public List<string> Order { get; } = [];

    public Action<DamonTarget>? OnSnapshot { get; set; }

    public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
    {
        Snapshots.Add(new(target.TargetId, regions.ToArray(), target.NrSamples, target.NrUnclearable, target.NrUnprepared));
        Order.Add(target.TargetId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        OnSnapshot?.Invoke(target);
    }

    public void OnIntervalsTuned(ulong sampleUs)
    {
        TunedUs.Add(sampleUs);
        Order.Add("tuned");
    }

    internal sealed record Aggregated(ulong TargetId, DamonRegion[] Regions, uint NrSamples, uint NrUnclearable, uint NrUnprepared);
}
