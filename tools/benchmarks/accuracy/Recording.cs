using Damon.Trace.Events;
using Damon.Trace.Exporters;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Accuracy;

/// <summary>The snapshots of the first target of a recording, kept in memory.</summary>
internal sealed class Recording : IRecordingSink
{
    private readonly List<Window> _windows = [];
    private readonly List<MappingDescription> _mappings = [];
    private readonly IdleSeries _idle = new();

    internal IReadOnlyList<Window> Windows => _windows;

    /// <summary>Times in seconds over which working sets are compared.</summary>
    internal static IReadOnlyList<double> Times { get; } = [0.1, 1, 5, 20];

    /// <summary>Bytes of all the process accessed within each of the times: the middle one of all looks; null where none knows.</summary>
    internal Estimate?[] Within()
    {
        WithinTime[] known = [.. _idle.Within()];
        return [.. Times.Select(seconds => known.FirstOrDefault(within => within.Seconds == seconds))
            .Select(within => within is null ? (Estimate?)null : new Estimate(within.Bytes, within.LowBytes, within.HighBytes, within.UnknownBytes))];
    }

    internal static Recording Read(string path)
    {
        var recording = new Recording();
        using RecordingReader reader = RecordingReader.Open(path);
        reader.Read(recording, CancellationToken.None);
        return recording;
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        if (snapshot.TargetId == 0 && snapshot.Complete)
        {
            _windows.Add(new Window(
                snapshot.BeginNs!.Value, snapshot.EndNs!.Value, snapshot.NrSamples!.Value, snapshot.WindowsNs!.Value / (double)snapshot.NrSamples.Value,
                snapshot.Regions.ToArray(), snapshot.Estimates.ToArray()));
        }
    }

    public void OnContext(ContextDescription context)
    {
    }

    public void OnTarget(TargetDescription target)
    {
    }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    public void OnHeartbeat(in Heartbeat heartbeat)
    {
    }

    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
        if (mapping.TargetId == 0)
        {
            _mappings.RemoveAll(other => other.Generation != mapping.Generation || other.Start == mapping.Start);
            _mappings.Add(mapping);
        }
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (idle.TargetId == 0)
        {
            _idle.Add(in idle, records, _mappings);
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
    }
}
