using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>One event of a perf.data file: its attribute and, once its format is known, how to read it.</summary>
internal sealed class PerfEvent(EventAttribute attribute, ushort index)
{
    /// <summary>The how manieth event of the file it is.</summary>
    internal ushort Index { get; } = index;

    /// <summary>Where length and offset of the probe_hits are (__data_loc), for which we have no place; null without them.</summary>
    internal EventField? ProbeHits { get; private set; }

    /// <summary>Of an event of schemes.</summary>
    internal SchemeFields? Scheme { get; private set; }

    internal EventAttribute Attribute { get; } = attribute;

    internal SampleLayout Layout { get; } = new(attribute);

    internal EventKind Kind { get; private set; }

    /// <summary>system:name; empty while the format is unknown.</summary>
    internal string Name { get; private set; } = "";

    /// <summary>Of an aggregated event.</summary>
    internal AggregatedFields? Aggregated { get; private set; }

    /// <summary>Of a tuning event.</summary>
    internal EventField SampleUs { get; private set; }

    /// <summary>True when the file broke off before its formats: the samples must be looked at before they are believed.</summary>
    internal bool IsAssumed { get; private set; }

    /// <summary>Learns how to read the event.</summary>
    internal void Resolve(EventFormat format)
    {
        Name = $"{format.System}:{format.Name}";
        if (!Layout.HasRaw)
        {
            return;
        }

        if (IsAggregatedName(format.System, format.Name) && AggregatedFields.Find(format) is { } fields)
        {
            Aggregated = fields;
            ProbeHits = format.Field("probe_hits");
            Kind = EventKind.Aggregated;
        }
        else if (IsName(format.Name, DamonEventName.MonitorIntervalsTune) && format.Field("sample_us") is { IsNumber: true } sampleUs)
        {
            SampleUs = sampleUs;
            Kind = EventKind.IntervalsTune;
        }
        else if (SchemeKind(format.Name) is { } kind && SchemeFields.Find(format, kind) is { } scheme)
        {
            Scheme = scheme;
            Kind = EventKind.Scheme;
        }
    }

    /// <summary>Takes the event for the one of kernels since 5.17.</summary>
    internal void Assume()
    {
        Resolve(EventFormat.Parse(DamonProvider.TracepointSystem, TracepointFormats.Aggregated));
        IsAssumed = true;
    }

    /// <summary>
    /// The kernel's two events, whatever the system (damon; user_events; the group a uprobe was put in), and our USDT, which perf probe
    /// puts into sdt_damon.
    /// </summary>
    private static bool IsAggregatedName(string system, string name) =>
        IsName(name, DamonEventName.Aggregated)
        || IsName(name, "damon_region_aggregated")
        || (system.StartsWith("sdt_damon", StringComparison.Ordinal) && IsName(name, "aggregated"));

    private static SchemeEventKind? SchemeKind(string name) =>
        IsName(name, "damos_before_apply") ? SchemeEventKind.BeforeApply
        : IsName(name, "damos_esz") ? SchemeEventKind.EffectiveQuota
        : IsName(name, "damos_stat_after_apply_interval") ? SchemeEventKind.Statistics
        : null;

    /// <summary>perf probe appends _1, _2 to further probes; user_events may append a number after a dot.</summary>
    private static bool IsName(string name, string expected)
    {
        if (!name.StartsWith(expected, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> suffix = name.AsSpan(expected.Length);
        return suffix.IsEmpty
            || suffix[0] == '.'
            || (suffix.Length > 1 && suffix[0] == '_' && !suffix[1..].ContainsAnyExceptInRange('0', '9'));
    }
}
