using System.Globalization;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A scheme as a line that <see cref="SchemeLine"/> reads back.</summary>
internal static class SchemeLineWriter
{
    internal const string Heading = "# min-size max-size  min-acc max-acc  min-age max-age  action";

    private const string Hint = "JSON and YAML can say it: --to yaml";

    internal static string Write(Scheme scheme)
    {
        AccessPattern pattern = scheme.Pattern;
        List<string> words =
        [
            SchemeText.Size(pattern.MinSize), SchemeText.Size(pattern.MaxSize), SchemeText.Of(pattern.MinAccesses), SchemeText.Of(pattern.MaxAccesses),
            SchemeText.Of(pattern.MinAge), SchemeText.Of(pattern.MaxAge), SchemeActionNames.NameOf(scheme.Action),
        ];
        AddIf(words, scheme.Name.Length > 0, () => $"name={Word("name", scheme.Name)}");
        AddQuota(words, scheme.Quota);
        SchemeWatermarks marks = scheme.Watermarks;
        AddIf(words, marks.Metric != WatermarkMetric.None, () => string.Create(CultureInfo.InvariantCulture,
            $"wmarks={SchemeText.NameOf(marks.Metric)}:{marks.High / 10m}%,{marks.Mid / 10m}%,{marks.Low / 10m}%/{Time(marks.IntervalUs)}"));
        AddIf(words, scheme.ApplyIntervalUs > 0, () => $"apply={Time(scheme.ApplyIntervalUs)}");
        AddIf(words, scheme.MaxNrSnapshots > 0, () => string.Create(CultureInfo.InvariantCulture, $"snapshots={scheme.MaxNrSnapshots}"));
        AddIf(words, scheme is { TargetNode: > 0, Action: SchemeAction.MigrateHot or SchemeAction.MigrateCold }, () => string.Create(CultureInfo.InvariantCulture, $"node={scheme.TargetNode}"));
        words.AddRange(scheme.Filters.Select(static (filter, index) => Filter(filter, $"filters[{index}]")));
        return string.Join(' ', words);
    }

    private static void AddQuota(List<string> words, SchemeQuota quota)
    {
        string reset = Time(quota.ResetIntervalMs * 1_000.0);
        bool isAmount = quota.SizeBytes > 0 || quota.TimeMs > 0;
        if (isAmount && quota.ResetIntervalMs > 0)
        {
            words.Add($"quota={(quota.SizeBytes > 0 ? $"{SchemeText.Size(quota.SizeBytes)}/{reset}" : "")}"
                + $"{(quota.SizeBytes > 0 && quota.TimeMs > 0 ? "," : "")}{(quota.TimeMs > 0 ? $"{Time(quota.TimeMs * 1_000.0)}/{reset}" : "")}");
        }
        else if (isAmount)
        {
            throw new SchemeException("quotas: a line has no word for a quota of every pass (reset interval 0)", Hint);
        }

        AddIf(words, !isAmount && quota.Goals.Count > 0 && quota.ResetIntervalMs != new SchemeQuota().ResetIntervalMs, () => $"reset={reset}");
        AddIf(words, quota.IsSet && quota.Weights != default, () => string.Create(CultureInfo.InvariantCulture,
            $"weights={quota.Weights.Size},{quota.Weights.NrAccesses},{quota.Weights.Age}"));
        words.AddRange(quota.Goals.Select(static (goal, index) => Goal(goal, $"quotas.goals[{index}]")));
        AddIf(words, quota.Tuner != QuotaTuner.Consist, () => $"tuner={SchemeText.NameOf(quota.Tuner)}");
        AddIf(words, quota.StartBytes > 0, () => $"start={SchemeText.Size(quota.StartBytes)}");
    }

    private static string Goal(QuotaGoal goal, string where)
    {
        string value = goal.Metric switch
        {
            QuotaGoalMetric.SomeMemPsiUs => Time(goal.TargetValue),
            QuotaGoalMetric.UserInput => string.Create(CultureInfo.InvariantCulture, $"{goal.TargetValue}:{goal.CurrentValue}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{goal.TargetValue / 100m}%"),
        };
        string path = SchemeText.IsOfGroup(goal.Metric) ? ":" + Word(where, goal.CgroupPath, ':') : "";
        return $"goal={SchemeText.NameOf(goal.Metric)}:{value}{path}" + (goal.Node is int node ? string.Create(CultureInfo.InvariantCulture, $":{node}") : "");
    }

    private static string Filter(SchemeFilter filter, string where)
    {
        string argument = filter.Kind switch
        {
            FilterKind.Address => $":0x{filter.Range.Start:x}-0x{filter.Range.End:x}",
            FilterKind.Target => string.Create(CultureInfo.InvariantCulture, $":{filter.TargetIndex}"),
            FilterKind.Mapping or FilterKind.Memcg => ":" + Word(where, filter.Name),
            FilterKind.HugePageSize => $":{SchemeText.Size(filter.MinSize)}-{SchemeText.Size(filter.MaxSize)}",
            _ => "",
        };
        return $"filter={(filter.Allow ? "allow" : "reject")}:{(filter.Matching ? "" : "not:")}{SchemeText.NameOf(filter.Kind)}{argument}";
    }

    /// <summary>0 needs a unit where a time is read.</summary>
    private static string Time(double us) => us == 0 ? "0s" : SchemeText.Time(us);

    private static string Word(string where, string text, char separator = '#') => text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || c is '#' || c == separator)
        ? text : throw new SchemeException($"{where}: a line has no place for '{text}': its words have no blanks and no '#'", Hint);

    private static void AddIf(List<string> words, bool isThere, Func<string> word)
    {
        if (isThere)
        {
            words.Add(word());
        }
    }
}
