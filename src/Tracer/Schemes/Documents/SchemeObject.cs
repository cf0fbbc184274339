using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>One scheme as an object. A bare number has the unit of its key: sz_bytes, time_ms, interval_us, high_permil.</summary>
internal static class SchemeObject
{
    // What a kdamond says of a scheme at work; it is no part of what is asked for.
    private static readonly string[] s_results = ["stats", "tried_regions", "tried_bytes"];

    private static readonly string[] s_keys =
    [
        "action", "access_pattern", "apply_interval_us", "quotas", "watermarks", "filters", "max_nr_snapshots", "target_nid", "dests", "name",
    ];

    internal static Scheme Read(SchemeNode node)
    {
        node.RequireKeys([.. s_keys, .. s_results]);
        if (node.Find("dests") is { Items: not { Count: 0 } } dests)
        {
            throw dests.Unexpected("no destinations: migrations are to one node, 'target_nid'");
        }

        var scheme = new Scheme
        {
            Name = node.Find("name")?.RequireText() ?? "",
            Action = node.Find("action") is { } action ? Action(action) : SchemeAction.Stat,
            Pattern = node.Find("access_pattern") is { } pattern ? Pattern(pattern) : new(),
            ApplyIntervalUs = node.Find("apply_interval_us") is { } interval ? Us(interval, 1) : 0,
            Quota = node.Find("quotas") is { } quotas ? QuotaObject.Read(quotas) : new(),
            Watermarks = node.Find("watermarks") is { } marks ? Watermarks(marks) : new(),
            Filters = node.Find("filters") is { } filters ? [.. filters.RequireItems().Select(static filter => FilterObject.Read(filter))] : [],

            // damo writes it among the counters, and does not read it.
            MaxNrSnapshots = (node.Find("max_nr_snapshots") ?? node.Find("stats")?.Find("max_nr_snapshots"))?.Word().LongNumber() ?? 0,
            TargetNode = (int)Math.Min(node.Find("target_nid")?.Word().WholeNumber() ?? 0, int.MaxValue),
        };
        scheme = scheme.Action is SchemeAction.MigrateHot or SchemeAction.MigrateCold ? scheme : scheme with { TargetNode = 0 };
        try
        {
            return SchemeOption.Checked(scheme);
        }
        catch (SchemeException e)
        {
            throw new SchemeException($"line {node.Line}: column {node.Column}: {e.Message}", e.Hint!);
        }
    }

    /// <summary>Microseconds; a bare number counts units of so many.</summary>
    internal static ulong Us(SchemeNode node, ulong unit)
    {
        // damo's "max" is for ever: three centuries, so that no clock runs over.
        const ulong Ever = 10_000_000_000_000_000;
        SchemeWord word = node.Word();
        return word.Text == "max" ? Ever
            : word.Text.All(char.IsAsciiDigit) ? Math.Min(word.LongNumber(), Ever / unit) * unit
            : (ulong)word.TimeUs();
    }

    /// <summary>A share in parts of so many for the whole; a bare number counts the parts.</summary>
    internal static uint Share(SchemeNode node, int whole)
    {
        SchemeWord word = node.Word();
        return word.Text.All(char.IsAsciiDigit) ? word.WholeNumber() : word.Share(whole);
    }

    private static SchemeAction Action(SchemeNode node) => SchemeActionNames.Find(node.RequireText()) ?? throw node.Unexpected(
        node.Text is "lru_prio" or "lru_deprio"
            ? "an action on the memory of processes: lru_prio and lru_deprio work on physical memory"
            : $"an action: {string.Join(", ", SchemeActionNames.All)}");

    private static AccessPattern Pattern(SchemeNode node)
    {
        node.RequireKeys("sz_bytes", "nr_accesses", "age", "nr_accesses_unit", "age_unit");
        (SchemeWord minSize, SchemeWord maxSize) = Bounds(node, "sz_bytes", null);
        (SchemeWord minAccesses, SchemeWord maxAccesses) = Bounds(node, "nr_accesses", node.Find("nr_accesses_unit")?.RequireText() switch
        {
            "percent" => "%",
            { } unit => unit,
            null => null,
        });
        (SchemeWord minAge, SchemeWord maxAge) = Bounds(node, "age", node.Find("age_unit")?.RequireText() switch
        {
            "usec" => "us",
            { } unit => unit,
            null => null,
        });
        return SchemeLine.PatternOf([minSize, maxSize, minAccesses, maxAccesses, minAge, maxAge]);
    }

    /// <param name="pattern">The pattern.</param>
    /// <param name="key">Of the bounds.</param>
    /// <param name="unit">Of bare numbers, where older files say it beside them.</param>
    private static (SchemeWord Min, SchemeWord Max) Bounds(SchemeNode pattern, string key, string? unit)
    {
        if (pattern.Find(key) is not { } bounds)
        {
            return (new SchemeWord("min", pattern.Column, pattern.Line), new SchemeWord("max", pattern.Column, pattern.Line));
        }

        bounds.RequireKeys("min", "max");
        SchemeWord min = bounds.Find("min")?.Word() ?? new SchemeWord("min", bounds.Column, bounds.Line);
        SchemeWord max = bounds.Find("max")?.Word() ?? new SchemeWord("max", bounds.Column, bounds.Line);
        return (WithUnit(min, unit), WithUnit(max, unit));
    }

    private static SchemeWord WithUnit(SchemeWord word, string? unit) =>
        unit is not null && word.Text.All(static c => char.IsAsciiDigit(c) || c == '.') ? word with { Text = word.Text + unit } : word;

    private static SchemeWatermarks Watermarks(SchemeNode node)
    {
        node.RequireKeys("metric", "interval_us", "high_permil", "mid_permil", "low_permil");
        SchemeNode name = node.Require("metric");
        WatermarkMetric metric = SchemeText.FindWatermark(name.RequireText()) ?? throw name.Unexpected("none, free_mem_rate or mem_pressure");
        if (metric == WatermarkMetric.None)
        {
            return new();
        }

        var marks = new SchemeWatermarks
        {
            Metric = metric,
            IntervalUs = node.Find("interval_us") is { } interval ? Us(interval, 1) : new SchemeWatermarks().IntervalUs,
            High = Share(node.Require("high_permil"), 1_000),
            Mid = Share(node.Require("mid_permil"), 1_000),
            Low = Share(node.Require("low_permil"), 1_000),
        };
        return marks.High >= marks.Mid && marks.Mid >= marks.Low ? marks : throw node.Unexpected("the highest watermark first");
    }
}
