using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Everything about a recording that is not a row: goes into the file's key-value metadata, because no number may be separated from how
/// it was obtained. Keys begin with <c>damon_trace.</c>; descriptions are numbered in the order of their first appearance.
/// </summary>
internal sealed class RecordingMetadata
{
    /// <summary>Descriptions kept of each kind: a recording of short-lived processes must not take all memory.</summary>
    private const int MaxDescriptions = 1000;

    private readonly List<ContextDescription> _contexts = [];
    private readonly List<TargetDescription> _targets = [];
    private long _notListed;
    private Heartbeat? _heartbeat;

    internal void Add(ContextDescription context)
    {
        if (!_contexts.Contains(context))
        {
            Add(_contexts, context);
        }
    }

    internal void Add(TargetDescription target)
    {
        if (!_targets.Contains(target))
        {
            Add(_targets, target);
        }
    }

    internal void Set(in Heartbeat heartbeat) => _heartbeat = heartbeat;

    /// <param name="rows">Rows in the file.</param>
    /// <param name="rowsLost">Rows received but not in the file.</param>
    /// <param name="end">The recording's end; null when writing failed before it.</param>
    /// <param name="error">Why writing failed.</param>
    internal List<KeyValuePair<string, string>> Build(long rows, long rowsLost, RecordingEnd? end, string? error)
    {
        List<KeyValuePair<string, string>> pairs = [];
        Add(pairs, "version", ToolVersion.Text);
        Add(pairs, "unit.nr_accesses", "samples found accessed, at most nr_samples");
        Add(pairs, "unit.age", "aggregation intervals");
        Add(pairs, "unit.monotonic_ns", "nanoseconds of the recording's clock");
        AddContexts(pairs);
        AddTargets(pairs);
        Add(pairs, "descriptions_not_listed", _notListed);
        if (_heartbeat is { } heartbeat)
        {
            Add(pairs, "late_checks", heartbeat.NrLate);
            Add(pairs, "missed_checks", heartbeat.NrMissed);
        }

        Add(pairs, "rows", rows);
        Add(pairs, "rows_lost", rowsLost);
        if (end is not null)
        {
            Add(pairs, "snapshots", end.Snapshots);
            Add(pairs, "incomplete_snapshots", end.IncompleteSnapshots);
            Add(pairs, "events", end.Events);
            Add(pairs, "lost_events", end.LostEvents);
        }

        if ((error ?? end?.Truncation) is { } truncation)
        {
            Add(pairs, "truncation", truncation);
        }

        return pairs;
    }

    private void AddContexts(List<KeyValuePair<string, string>> pairs)
    {
        for (int i = 0; i < _contexts.Count; i++)
        {
            ContextDescription context = _contexts[i];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"context.{i}.");
            Add(pairs, prefix + "kdamond", context.Kdamond);
            Add(pairs, prefix + "operations", context.Operations);
            Add(pairs, prefix + "access_check", context.AccessCheck);
            Add(pairs, prefix + "labels", context.Labels);
            Add(pairs, prefix + "sample_us", context.Attributes.SampleUs);
            Add(pairs, prefix + "aggr_us", context.Attributes.AggrUs);
            Add(pairs, prefix + "update_us", context.Attributes.UpdateUs);
            Add(pairs, prefix + "min_nr_regions", context.Attributes.MinNrRegions);
            Add(pairs, prefix + "max_nr_regions", context.Attributes.MaxNrRegions);
        }
    }

    /// <summary>The command line is left out on purpose: it may hold secrets, and files get passed on.</summary>
    private void AddTargets(List<KeyValuePair<string, string>> pairs)
    {
        for (int i = 0; i < _targets.Count; i++)
        {
            TargetDescription target = _targets[i];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"target.{i}.");
            Add(pairs, prefix + "target_id", target.TargetId);
            Add(pairs, prefix + "pid", target.Pid);
            Add(pairs, prefix + "start_time_ticks", target.StartTimeTicks);
            Add(pairs, prefix + "comm", target.Comm);
        }
    }

    private void Add<T>(List<T> list, T description)
    {
        if (list.Count == MaxDescriptions)
        {
            _notListed++;
            return;
        }

        list.Add(description);
    }

    private static void Add<T>(List<KeyValuePair<string, string>> pairs, string key, T value) =>
        pairs.Add(new("damon_trace." + key, string.Create(CultureInfo.InvariantCulture, $"{value}")));
}
