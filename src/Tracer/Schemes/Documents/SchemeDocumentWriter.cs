using System.Globalization;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>A scheme as an object that damo reads, or, for YAML, with what damo has no word for.</summary>
/// <param name="isDamos">Only what damo can say is written; the rest is refused.</param>
internal sealed class SchemeDocumentWriter(bool isDamos)
{
    private const string Hint = "YAML can say it: --to yaml";

    internal SchemeNode Write(Scheme scheme)
    {
        RefuseForDamo(scheme.Action is SchemeAction.Demote, "action", "action 'demote'");
        RefuseForDamo(scheme.MaxNrSnapshots > 0, "max_nr_snapshots", "an end after some snapshots");
        RefuseForDamo(scheme.Name.Length > 0, "name", $"a name ('{scheme.Name}')");
        List<(string, SchemeNode)> members = [];
        Add(members, "name", scheme.Name, scheme.Name.Length > 0);
        Add(members, "action", SchemeActionNames.NameOf(scheme.Action));
        if (scheme.Action is SchemeAction.MigrateCold or SchemeAction.MigrateHot)
        {
            members.Add(("target_nid", Number((ulong)scheme.TargetNode)));
        }

        members.Add(("access_pattern", Pattern(scheme.Pattern)));
        Add(members, "apply_interval_us", SchemeText.Time(scheme.ApplyIntervalUs), scheme.ApplyIntervalUs > 0);
        if (scheme.Quota.IsSet || scheme.Quota.Weights != default)
        {
            members.Add(("quotas", Quota(scheme.Quota)));
        }

        if (scheme.Watermarks.Metric != WatermarkMetric.None)
        {
            members.Add(("watermarks", Watermarks(scheme.Watermarks)));
        }

        if (scheme.Filters.Count > 0)
        {
            members.Add(("filters", SchemeNode.OfList([.. scheme.Filters.Select((filter, index) => Filter(filter, index))])));
        }

        if (scheme.MaxNrSnapshots > 0)
        {
            members.Add(("max_nr_snapshots", Number(scheme.MaxNrSnapshots)));
        }

        return SchemeNode.OfObject(members);
    }

    private SchemeNode Pattern(AccessPattern pattern)
    {
        (AccessBound minAccesses, AccessBound maxAccesses) = (pattern.MinAccesses, pattern.MaxAccesses);
        (AgeBound minAge, AgeBound maxAge) = (pattern.MinAge, pattern.MaxAge);
        RefuseForDamo(minAccesses.Unit == AccessUnit.Hz || maxAccesses.Unit == AccessUnit.Hz, "access_pattern.nr_accesses", "Hz");
        bool inSamples = IsInSamples(minAccesses) || IsInSamples(maxAccesses);
        bool inPercent = minAccesses.Unit == AccessUnit.Percent || maxAccesses.Unit == AccessUnit.Percent;
        RefuseForDamo(inSamples && inPercent, "access_pattern.nr_accesses", "two units in one pattern");
        bool inAggregations = IsInAggregations(minAge) || IsInAggregations(maxAge);
        RefuseForDamo(inAggregations && (minAge.IsTime || maxAge.IsTime), "access_pattern.age", "two units in one pattern");
        return SchemeNode.OfObject(
        [
            ("sz_bytes", Bounds(SchemeText.Size(pattern.MinSize), SchemeText.Size(pattern.MaxSize))),
            ("nr_accesses", Bounds(Accesses(minAccesses, isDamos && inSamples), Accesses(maxAccesses, isDamos && inSamples))),
            ("age", Bounds(Age(minAge, isDamos && inAggregations), Age(maxAge, isDamos && inAggregations))),
        ]);
    }

    private static bool IsInSamples(AccessBound bound) => bound is { Unit: AccessUnit.Samples, Value: > 0 } && double.IsFinite(bound.Value);

    private static bool IsInAggregations(AgeBound bound) => bound is { IsTime: false, Value: > 0 } && double.IsFinite(bound.Value);

    /// <summary>damo takes both bounds in one unit: "0" and "max" are percent there.</summary>
    private static string Accesses(AccessBound bound, bool needsUnit) =>
        needsUnit ? Counted(bound.Value, "samples") : bound.Value == 0 ? "0%" : SchemeText.Of(bound).Replace("Hz", " Hz", StringComparison.Ordinal)
            .Replace("samples", " samples", StringComparison.Ordinal);

    private static string Age(AgeBound bound, bool needsUnit) =>
        needsUnit || IsInAggregations(bound) ? Counted(bound.Value, "aggr_intervals") : bound.Value == 0 ? "0s" : SchemeText.Of(bound);

    private static string Counted(double value, string unit) =>
        $"{(double.IsFinite(value) ? value : uint.MaxValue).ToString(CultureInfo.InvariantCulture)} {unit}";

    private SchemeNode Quota(SchemeQuota quota)
    {
        RefuseForDamo(quota.StartBytes > 0, "quotas", "bytes to start with");
        List<(string, SchemeNode)> members = [];
        Add(members, "time_ms", quota.TimeMs == 0 ? "0ms" : SchemeText.Time(quota.TimeMs * 1_000.0));
        Add(members, "sz_bytes", SchemeText.Size(quota.SizeBytes));
        Add(members, "reset_interval_ms", quota.ResetIntervalMs == 0 ? "0ms" : SchemeText.Time(quota.ResetIntervalMs * 1_000.0));
        members.Add(("weights", SchemeNode.OfObject(
        [
            ("sz_permil", Number(quota.Weights.Size)),
            ("nr_accesses_permil", Number(quota.Weights.NrAccesses)),
            ("age_permil", Number(quota.Weights.Age)),
        ])));
        if (quota.Goals.Count > 0)
        {
            members.Add(("goals", SchemeNode.OfList([.. quota.Goals.Select((goal, index) => Goal(goal, index))])));
            Add(members, "goal_tuner", SchemeText.NameOf(quota.Tuner));
            Add(members, "start_bytes", SchemeText.Size(quota.StartBytes), quota.StartBytes > 0);
        }

        return SchemeNode.OfObject(members);
    }

    private SchemeNode Goal(QuotaGoal goal, int index)
    {
        RefuseForDamo(SchemeText.IsOfNode(goal.Metric) && goal.Node is null, $"quotas.goals[{index}]", $"{SchemeText.NameOf(goal.Metric)} of all nodes");
        List<(string, SchemeNode)> members = [];
        Add(members, "metric", SchemeText.NameOf(goal.Metric));
        members.Add(("target_value", goal.Metric switch
        {
            QuotaGoalMetric.SomeMemPsiUs => SchemeNode.OfText(SchemeText.Time(goal.TargetValue)),
            QuotaGoalMetric.UserInput => Number(goal.TargetValue),
            _ => SchemeNode.OfText((goal.TargetValue / 100m).ToString(CultureInfo.InvariantCulture) + "%"),
        }));
        members.Add(("current_value", Number(goal.CurrentValue)));
        if (goal.Node is int node)
        {
            members.Add(("nid", Number((ulong)node)));
        }

        Add(members, "memcg_path", goal.CgroupPath, goal.CgroupPath.Length > 0);
        return SchemeNode.OfObject(members);
    }

    private SchemeNode Watermarks(SchemeWatermarks marks)
    {
        RefuseForDamo(marks.Metric == WatermarkMetric.MemPressure, "watermarks.metric", "mem_pressure");
        List<(string, SchemeNode)> members = [];
        Add(members, "metric", SchemeText.NameOf(marks.Metric));
        Add(members, "interval_us", marks.IntervalUs == 0 ? "0us" : SchemeText.Time(marks.IntervalUs));
        Add(members, "high_permil", Permil(marks.High));
        Add(members, "mid_permil", Permil(marks.Mid));
        Add(members, "low_permil", Permil(marks.Low));
        return SchemeNode.OfObject(members);
    }

    private SchemeNode Filter(SchemeFilter filter, int index)
    {
        RefuseForDamo(filter.Kind is FilterKind.Mapping or FilterKind.Executable, $"filters[{index}]", $"a filter '{SchemeText.NameOf(filter.Kind)}'");
        bool isNotAnonymous = isDamos && filter.Kind == FilterKind.File; // damo says it so
        List<(string, SchemeNode)> members = [];
        Add(members, "filter_type", isNotAnonymous ? "anon" : SchemeText.NameOf(filter.Kind));
        members.Add(("matching", Truth(filter.Matching != isNotAnonymous)));
        members.Add(("allow", Truth(filter.Allow)));
        Add(members, "mapping", filter.Name, filter.Kind == FilterKind.Mapping);
        Add(members, "memcg_path", filter.Name, filter.Kind == FilterKind.Memcg);
        if (filter.Kind == FilterKind.Address)
        {
            members.Add(("address_range", SchemeNode.OfObject([("start", Number(filter.Range.Start)), ("end", Number(filter.Range.End))])));
        }
        else if (filter.Kind == FilterKind.Target)
        {
            members.Add(("damon_target_idx", Number(filter.TargetIndex)));
        }
        else if (filter.Kind == FilterKind.HugePageSize)
        {
            members.Add(("hugepage_size", SchemeNode.OfList(
                [SchemeNode.OfText(SchemeText.Size(filter.MinSize)), SchemeNode.OfText(SchemeText.Size(filter.MaxSize))])));
        }

        return SchemeNode.OfObject(members);
    }

    private void RefuseForDamo(bool refuses, string where, string what)
    {
        if (isDamos && refuses)
        {
            throw new SchemeException($"{where}: damo's JSON has no word for {what}", Hint);
        }
    }

    private static void Add(List<(string, SchemeNode)> members, string key, string text, bool isThere = true)
    {
        if (isThere)
        {
            members.Add((key, SchemeNode.OfText(text)));
        }
    }

    private static SchemeNode Bounds(string min, string max) => SchemeNode.OfObject([("min", SchemeNode.OfText(min)), ("max", SchemeNode.OfText(max))]);

    private static SchemeNode Number(ulong number) => SchemeNode.OfLiteral(number.ToString(CultureInfo.InvariantCulture));

    private static SchemeNode Truth(bool value) => SchemeNode.OfLiteral(value ? "true" : "false");

    private static string Permil(uint parts) => (parts / 10m).ToString(CultureInfo.InvariantCulture) + "%";
}
