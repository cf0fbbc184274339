using Damon.Trace.Events;
using Damon.Trace.Exporters;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests;

/// <summary>Keeps all of a recording in memory.</summary>
internal sealed class RecordedSnapshots : IRecordingSink
{
    internal List<RecordedSnapshot> Snapshots { get; } = [];

    internal List<ContextDescription> Contexts { get; } = [];

    internal List<TargetDescription> Targets { get; } = [];

    internal List<Footprint> Footprints { get; } = [];

    /// <summary>All mappings of all generations.</summary>
    internal List<MappingDescription> Mappings { get; } = [];

    internal HashSet<string> MappingNames { get; } = [];

    /// <summary>Sampling intervals that were put in force online, in microseconds.</summary>
    internal List<ulong> Tunes { get; } = [];

    /// <summary>The latest counters of the recorder.</summary>
    internal Heartbeat Counters { get; private set; }

    internal RecordingEnd? End { get; private set; }

    internal static RecordedSnapshots Read(string path)
    {
        var recorded = new RecordedSnapshots();
        using RecordingReader reader = RecordingReader.Open(path);
        reader.Read(recorded, CancellationToken.None);
        return recorded;
    }

    /// <summary>Waits until two snapshots of a file that is being written can be read: of the first, the end shows only when the second begins.</summary>
    internal static bool Await(Func<string?> path) => SpinWait.SpinUntil(() => path() is { } file && Count(file) >= 2, TimeSpan.FromSeconds(60));

    private static int Count(string path)
    {
        try
        {
            return Read(path).Snapshots.Count;
        }
        catch (IOException)
        {
            // Not yet.
            return 0;
        }
    }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => Contexts.Add(context);

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => Targets.Add(target);

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
        MappingNames.Add(mapping.Name);
        Mappings.Add(mapping);
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) => Tunes.Add(sampleUs);

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => Counters = heartbeat;

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint) => Footprints.Add(footprint);

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot) => Snapshots.Add(new RecordedSnapshot(
        snapshot.TargetId, snapshot.BeginNs ?? 0, snapshot.EndNs ?? 0, snapshot.NrSamples ?? 0, snapshot.SampleUs ?? 0,
        snapshot.Complete, snapshot.Regions.ToArray())
    {
        Unknown = [.. snapshot.Estimates.ToArray().Select(estimate => estimate.UnknownPages * 2 > estimate.ResidentPages)],
    });

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => End = end;
}
