using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>The quotas of a scheme as an object, and their goals.</summary>
internal static class QuotaObject
{
    internal static SchemeQuota Read(SchemeNode node)
    {
        node.RequireKeys("time_ms", "sz_bytes", "reset_interval_ms", "weights", "goals", "goal_tuner", "start_bytes", "effective_sz_bytes", "fail_charge_num",
            "fail_charge_denom");
        if (node.Find("fail_charge_denom") is { } charge && charge.Word().LongNumber() > 0)
        {
            throw charge.Unexpected("no charge for what failed: only memory that can be acted on is charged");
        }

        SchemeQuota quota = new()
        {
            TimeMs = node.Find("time_ms") is { } time ? SchemeObject.Us(time, 1_000) / 1_000 : 0,
            SizeBytes = node.Find("sz_bytes")?.Word().Size() ?? 0,
            Weights = node.Find("weights") is { } weights ? Weights(weights) : default,
            Goals = node.Find("goals") is { } goals ? [.. goals.RequireItems().Select(static goal => Goal(goal))] : [],
            Tuner = node.Find("goal_tuner") is { } tuner
                ? SchemeText.FindTuner(tuner.RequireText()) ?? throw tuner.Unexpected("consist or temporal") : QuotaTuner.Consist,
            StartBytes = node.Find("start_bytes")?.Word().Size() ?? 0,
        };
        return !quota.IsSet ? quota with { Weights = default } // damo writes them all the same; they mean nothing
            : node.Find("reset_interval_ms") is { } reset ? quota with { ResetIntervalMs = SchemeObject.Us(reset, 1_000) / 1_000 }
            : quota;
    }

    private static PriorityWeights Weights(SchemeNode node)
    {
        node.RequireKeys("sz_permil", "nr_accesses_permil", "age_permil");
        return new PriorityWeights(Weight(node, "sz_permil"), Weight(node, "nr_accesses_permil"), Weight(node, "age_permil"));
    }

    private static uint Weight(SchemeNode node, string key) => node.Find(key) is { } weight ? SchemeObject.Share(weight, 1_000) : 0;

    private static QuotaGoal Goal(SchemeNode node)
    {
        node.RequireKeys("metric", "target_value", "current_value", "nid", "memcg_path");
        SchemeNode name = node.Require("metric");
        QuotaGoalMetric metric = SchemeText.FindGoal(name.RequireText()) ?? throw name.Unexpected($"a metric: {string.Join(", ", SchemeText.GoalNames)}");
        SchemeNode target = node.Require("target_value");
        ulong wanted = metric switch
        {
            QuotaGoalMetric.SomeMemPsiUs => SchemeObject.Us(target, 1),
            QuotaGoalMetric.UserInput => target.Word().LongNumber(),
            _ => SchemeObject.Share(target, 10_000),
        };
        if (wanted == 0)
        {
            throw target.Unexpected("more than nothing");
        }

        return new QuotaGoal(metric, wanted)
        {
            CurrentValue = metric == QuotaGoalMetric.UserInput ? node.Find("current_value")?.Word().LongNumber() ?? 0 : 0,
            Node = SchemeText.IsOfNode(metric) && node.Find("nid") is { } nid ? (int)Math.Min(nid.Word().WholeNumber(), int.MaxValue) : null,
            CgroupPath = SchemeText.IsOfGroup(metric) ? node.Require("memcg_path").RequireText() : "",
        };
    }
}
