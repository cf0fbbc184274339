using System.Globalization;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>The <c>key=value</c> words behind the action.</summary>
internal static class SchemeOption
{
    private const string Keys = "name=, quota=, weights=, goal=, tuner=, wmarks=, apply= or filter=";

    internal static Scheme Apply(Scheme scheme, SchemeWord word)
    {
        (SchemeWord key, SchemeWord? given) = word.Cut('=');
        if (given is not { Text.Length: > 0 } value)
        {
            throw word.Unexpected(Keys + " with a value");
        }

        return key.Text switch
        {
            "name" => scheme with { Name = value.Text },
            "quota" => scheme with { Quota = Quota(scheme.Quota, value) },
            "weights" => scheme with { Quota = scheme.Quota with { Weights = Weights(value) } },
            "goal" => scheme with { Quota = scheme.Quota with { Goals = [.. scheme.Quota.Goals, Goal(value)] } },
            "tuner" => scheme with { Quota = scheme.Quota with { Tuner = Tuner(value) } },
            "wmarks" => scheme with { Watermarks = Watermarks(value) },
            "apply" => scheme with { ApplyIntervalUs = (ulong)Math.Max(1, value.TimeUs()) },
            "filter" => scheme with { Filters = [.. scheme.Filters, Filter(value)] },
            _ => throw word.Unexpected(Keys),
        };
    }

    /// <summary><c>64M/1s</c>, <c>10ms/1s</c>, or both with a comma; one interval for both.</summary>
    private static SchemeQuota Quota(SchemeQuota quota, SchemeWord value)
    {
        ulong? intervalMs = null;
        foreach (SchemeWord part in value.Split(','))
        {
            (SchemeWord amount, SchemeWord? per) = part.Cut('/');
            ulong ms = per is { } interval ? (ulong)(interval.TimeUs() / 1000) : throw part.Unexpected("an amount in a time: 64M/1s or 10ms/1s");
            if (ms == 0 || (intervalMs ?? ms) != ms)
            {
                throw part.Unexpected("a time of 1ms and more, the same for bytes and for milliseconds");
            }

            intervalMs = ms;
            quota = amount.IsTime
                ? quota with { TimeMs = (ulong)(amount.TimeUs() / 1000), ResetIntervalMs = ms }
                : quota with { SizeBytes = amount.Size(), ResetIntervalMs = ms };
            if (amount.IsTime ? quota.TimeMs == 0 : quota.SizeBytes == 0)
            {
                throw amount.Unexpected("more than nothing: at least 1ms, or a size"); // 0 would mean no bound
            }
        }

        return quota;
    }

    private static PriorityWeights Weights(SchemeWord value) => value.Split(',') is [SchemeWord size, SchemeWord accesses, SchemeWord age]
        ? new PriorityWeights(size.Weight(), accesses.Weight(), age.Weight())
        : throw value.Unexpected("three weights: SIZE,ACCESSES,AGE, e.g. 0,0,1");

    /// <summary><c>METRIC:VALUE</c>, and for a control group <c>METRIC:VALUE:PATH</c>.</summary>
    private static QuotaGoal Goal(SchemeWord value)
    {
        SchemeWord[] parts = value.Split(':');
        QuotaGoalMetric? metric = SchemeText.FindGoal(parts[0].Text);
        if (metric is null or QuotaGoalMetric.UserInput || parts.Length != (metric == QuotaGoalMetric.CgroupUsedBp ? 3 : 2))
        {
            throw value.Unexpected("some_mem_psi_us:TIME, node_mem_free_bp:PERCENT, node_mem_used_bp:PERCENT or node_memcg_used_bp:PERCENT:CGROUP");
        }

        ulong wanted = metric == QuotaGoalMetric.SomeMemPsiUs ? (ulong)parts[1].TimeUs() : (ulong)(parts[1].Percent() * 100);
        return wanted == 0
            ? throw parts[1].Unexpected("more than nothing")
            : new QuotaGoal(metric.Value, wanted) { CgroupPath = parts.Length > 2 ? parts[2].Text : "" };
    }

    private static QuotaTuner Tuner(SchemeWord value) => value.Text switch
    {
        "consist" => QuotaTuner.Consist,
        "temporal" => QuotaTuner.Temporal,
        _ => throw value.Unexpected("consist or temporal"),
    };

    /// <summary><c>free_mem_rate:50%,40%,20%</c>, and <c>/5s</c> for how often it is looked at while off.</summary>
    private static SchemeWatermarks Watermarks(SchemeWord value)
    {
        (SchemeWord marks, SchemeWord? every) = value.Cut('/');
        (SchemeWord name, SchemeWord? levels) = marks.Cut(':');
        if (SchemeText.FindWatermark(name.Text) is not { } metric || metric == WatermarkMetric.None
            || levels?.Split(',') is not [SchemeWord high, SchemeWord mid, SchemeWord low])
        {
            throw value.Unexpected("METRIC:HIGH,MID,LOW with metric free_mem_rate or mem_pressure, e.g. free_mem_rate:50%,40%,20%");
        }

        var watermarks = new SchemeWatermarks
        {
            Metric = metric,
            High = (uint)(high.Percent() * 10),
            Mid = (uint)(mid.Percent() * 10),
            Low = (uint)(low.Percent() * 10),
        };
        if (watermarks.High < watermarks.Mid || watermarks.Mid < watermarks.Low)
        {
            throw levels.Value.Unexpected("the highest first");
        }

        return every is { } interval ? watermarks with { IntervalUs = (ulong)interval.TimeUs() } : watermarks;
    }

    /// <summary><c>allow|reject:[not:]KIND[:VALUE]</c>.</summary>
    private static SchemeFilter Filter(SchemeWord value)
    {
        (SchemeWord verdict, SchemeWord? rest) = value.Cut(':');
        if (verdict.Text is not ("allow" or "reject") || rest is not { } what)
        {
            throw value.Unexpected("allow:KIND or reject:KIND");
        }

        bool matching = !what.Text.StartsWith("not:", StringComparison.Ordinal);
        (SchemeWord name, SchemeWord? argument) = (matching ? what : what.Cut(':').After!.Value).Cut(':');
        FilterKind kind = SchemeText.FindFilter(name.Text) ?? throw name.Unexpected($"a kind of memory: {string.Join(", ", SchemeText.FilterNames)}");
        var filter = new SchemeFilter { Kind = kind, Allow = verdict.Text == "allow", Matching = matching };
        bool needsArgument = kind is FilterKind.Address or FilterKind.Target or FilterKind.Mapping or FilterKind.Memcg or FilterKind.HugePageSize;
        if (needsArgument != argument is { Text.Length: > 0 })
        {
            throw name.Unexpected(needsArgument ? $"{name.Text}:VALUE" : $"{name.Text} without a value");
        }

        return kind switch
        {
            FilterKind.Address => filter with { Range = Range(argument!.Value) },
            FilterKind.Target => filter with { TargetIndex = argument!.Value.Weight() },
            FilterKind.Mapping or FilterKind.Memcg => filter with { Name = argument!.Value.Text },
            FilterKind.HugePageSize => filter with { MinSize = argument!.Value.Split('-')[0].Size(), MaxSize = argument.Value.Split('-')[^1].Size() },
            _ => filter,
        };
    }

    private static AddressRange Range(SchemeWord value) =>
        value.Split('-') is [SchemeWord first, SchemeWord last] && Address(first) is ulong start && Address(last) is ulong end && start < end
            ? new AddressRange(start, end)
            : throw value.Unexpected("a range of addresses: 0x7f0000000000-0x7f0000400000");

    private static ulong? Address(SchemeWord word) => word.Text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(word.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address) ? address : null;
}
