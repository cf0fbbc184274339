using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>One screen about a recording: what was monitored and how, what came out, and what must be doubted.</summary>
public sealed class SummaryReport(KnownIntervals known, TextWriter output) : IRecordingSink
{
    private readonly TargetCatalog _catalog = new();
    private readonly SnapshotMeter _meter = new(known);
    private readonly SummaryCounters _counters = new();
    private readonly List<ContextDescription> _contexts = [];
    private readonly Dictionary<TargetKey, SummaryTarget> _targets = [];

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
        // Repeated for late attachers; only changes are of interest.
        if (!_contexts.Contains(context))
        {
            _contexts.Add(context);
        }
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => _catalog.Add(target);

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => _catalog.Add(mapping);

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) => _counters.Tuned++;

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => _counters.Add(in heartbeat);

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        _counters.Add(snapshot, _meter);
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_targets.TryGetValue(key, out SummaryTarget? target))
        {
            _targets.Add(key, target = new SummaryTarget(snapshot.Kdamond));
        }

        target.Add(snapshot, _meter);
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        WriteTargets();
        WriteRecording(end);
        WriteContexts();
        foreach ((TargetKey key, SummaryTarget target) in _targets)
        {
            WriteResult(key, target);
        }

        WriteRecorder();
        WriteDoubts(end);
    }

    private void Line(string label, string text) => output.WriteLine($"{label,-14}{text}");

    private void WriteTargets()
    {
        foreach (TargetDescription target in _catalog.Targets)
        {
            Line("target", _catalog.Describe(target.TargetId)["target ".Length..]);
            Line("", ReportText.Clean(target.CommandLine));
        }
    }

    private void WriteRecording(RecordingEnd end)
    {
        double seconds = _counters.Seconds;
        string wall = _counters.WallStart is { } start ? $", from {ReportText.Wall(start)}" : ", wall clock not recorded";
        Line("duration", ReportText.Seconds(seconds) + wall);
        Line("snapshots", ReportText.Invariant($"{end.Snapshots}, {end.IncompleteSnapshots} incomplete"));
        Line("events", ReportText.Invariant($"{end.Events}, {end.LostEvents} lost"));
    }

    private void WriteContexts()
    {
        if (_contexts.Count > 0)
        {
            ContextAttributes last = _contexts[^1].Attributes;
            Line("intervals", $"sample {Span(attributes => attributes.SampleUs)}, aggregation {Span(attributes => attributes.AggrUs)}, "
                + ReportText.Invariant($"update {ReportText.Microseconds(last.UpdateUs)}, regions {last.MinNrRegions}..{last.MaxNrRegions}"));
        }

        foreach (string check in _contexts.Select(CheckOf).Distinct())
        {
            Line("access check", check);
        }

        if (_contexts.Count == 0)
        {
            Line("intervals", known.AggrUs is null ? "not recorded" : "as told on the command line");
        }

        if (_counters.Tuned > 0)
        {
            Line("", ReportText.Invariant($"sampling interval tuned {_counters.Tuned} times"));
        }
    }

    private static string CheckOf(ContextDescription context) =>
        ReportText.Clean($"{context.AccessCheck} on {context.Operations} ({context.Kdamond}) {context.Labels}");

    /// <summary>An interval, or what it varied between.</summary>
    private string Span(Func<ContextAttributes, ulong> interval)
    {
        ulong least = _contexts.Min(context => interval(context.Attributes));
        ulong most = _contexts.Max(context => interval(context.Attributes));
        return least == most ? ReportText.Microseconds(most) : $"{ReportText.Microseconds(least)} to {ReportText.Microseconds(most)}";
    }

    private void WriteResult(TargetKey key, SummaryTarget target)
    {
        Line("result of", ReportText.Invariant($"{_catalog.Describe(key.TargetId)}, {ReportText.Clean(target.Kdamond)}"));
        Line("  working set", target.Wss.Count == 0
            ? "no complete snapshot"
            : ReportText.Invariant($"p50 {ReportText.Size(target.Wss.Percentile(50))}, p75 {ReportText.Size(target.Wss.Percentile(75))}"));
        if (target.Hottest is { } hottest)
        {
            string heat = target.HottestHz is { } hz
                ? ReportText.Invariant($"{hz:F1} Hz")
                : ReportText.Invariant($"{hottest.NrAccesses} samples");
            Line("  hottest", $"{heat}, {ReportText.Range(hottest.Start, hottest.End)} ({ReportText.Size(hottest.End - hottest.Start)}) "
                + _catalog.NameOf(key.TargetId, hottest.Start, hottest.End));
        }
    }

    private void WriteRecorder()
    {
        if (_counters.Last is not { } last)
        {
            return;
        }

        string share = _counters.CpuShare is { } cpu ? $"{ReportText.Percent(cpu)} of one CPU" : "CPU unknown (one heartbeat)";
        Line("recorder", ReportText.Invariant($"{share}, {last.NrLate} checks late, {last.NrMissed} missed"));
    }

    private void WriteDoubts(RecordingEnd end)
    {
        List<string> doubts = [.. SummaryDoubts.Of(end, _counters, _contexts, _catalog.HasMappings)];
        Line("doubts", doubts.Count == 0 ? "none known" : doubts[0]);
        foreach (string doubt in doubts.Skip(1))
        {
            Line("", doubt);
        }
    }
}
