using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>The <c>key=value</c> words behind the action.</summary>
internal static class SchemeOption
{
    private const string Keys = "name=, quota=, reset=, start=, weights=, goal=, tuner=, wmarks=, apply=, snapshots=, node= or filter=";

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
            "reset" => scheme with { Quota = scheme.Quota with { ResetIntervalMs = Milliseconds(value) } },
            "start" => scheme with { Quota = scheme.Quota with { StartBytes = value.Size() } },
            "weights" => scheme with { Quota = scheme.Quota with { Weights = Weights(value) } },
            "goal" => scheme with { Quota = scheme.Quota with { Goals = [.. scheme.Quota.Goals, Goal(value)] } },
            "tuner" => scheme with { Quota = scheme.Quota with { Tuner = SchemeText.FindTuner(value.Text) ?? throw value.Unexpected("consist or temporal") } },
            "wmarks" => scheme with { Watermarks = Watermarks(value) },
            "apply" => scheme with { ApplyIntervalUs = (ulong)Math.Max(1, value.TimeUs()) },
            "snapshots" => scheme with { MaxNrSnapshots = value.LongNumber() is > 0 and ulong passes ? passes : throw value.Unexpected("more than nothing") },
            "node" => scheme with { TargetNode = (int)Math.Min(value.WholeNumber(), int.MaxValue) },
            "filter" => scheme with { Filters = [.. scheme.Filters, Filter(value)] },
            _ => throw word.Unexpected(Keys),
        };
    }

    /// <summary>
    /// Refuses what would be passed over: an option of which the last one would count, and one that needs another. Only of lines, whose words are
    /// all somebody's: damo writes every key of an object, also where it means nothing.
    /// </summary>
    /// <exception cref="SchemeException">There is one.</exception>
    internal static void RefuseMeaningless(Scheme scheme, IReadOnlyList<SchemeWord> options)
    {
        HashSet<string> seen = [];
        foreach (SchemeWord option in options)
        {
            string key = option.Cut('=').Before.Text;
            if (!seen.Add(key) && key is not ("goal" or "filter"))
            {
                string hint = key == "quota" ? "bytes and time of work go together: quota=64M/1s,10ms/1s" : "leave one of them out";
                throw new SchemeException($"column {option.Column}: '{key}' stands twice", hint);
            }

            (string Without, string Hint)? needs = key switch
            {
                "weights" or "reset" when !scheme.Quota.IsSet => ("a quota", "add quota=64M/1s or a goal, or leave it out"),
                "node" when scheme.Action is not (SchemeAction.MigrateHot or SchemeAction.MigrateCold) => ("a migration", "leave it out"),
                _ => null,
            };
            if (needs is { } other)
            {
                throw new SchemeException($"column {option.Column}: '{key}' has no meaning without {other.Without}", other.Hint);
            }
        }
    }

    /// <summary>What the parts of a scheme say together, whichever notation it is from.</summary>
    /// <exception cref="SchemeException">They contradict each other.</exception>
    internal static Scheme Checked(Scheme scheme)
    {
        if (scheme.Quota.SizeBytes > 0 && scheme.Quota.SizeBytes < (ulong)Unistd.PageSize)
        {
            throw new SchemeException(
                $"a quota of {scheme.Quota.SizeBytes} bytes is less than a page: nothing would ever be done", "a size has a unit, such as 64M");
        }

        if (scheme.Quota is { Goals.Count: 0, Tuner: QuotaTuner.Temporal })
        {
            throw new SchemeException("a tuner has no meaning without a goal", "add a goal, or leave the tuner out");
        }

        if (scheme.Quota is { Goals.Count: 0, StartBytes: > 0 })
        {
            throw new SchemeException("bytes to start with have no meaning without a goal", "add a goal, or leave them out");
        }

        return scheme;
    }

    /// <summary><c>64M/1s</c>, <c>10ms/1s</c>, or both with a comma; one interval for both.</summary>
    private static SchemeQuota Quota(SchemeQuota quota, SchemeWord value)
    {
        ulong? intervalMs = null;
        foreach (SchemeWord part in value.Split(','))
        {
            (SchemeWord amount, SchemeWord? per) = part.Cut('/');
            ulong ms = per is { } interval ? Milliseconds(interval) : throw part.Unexpected("an amount in a time: 64M/1s or 10ms/1s");
            if (ms == 0 || (intervalMs ?? ms) != ms)
            {
                throw part.Unexpected("a time of 1ms and more, the same for bytes and for milliseconds");
            }

            intervalMs = ms;
            quota = amount.IsTime
                ? quota with { TimeMs = Milliseconds(amount), ResetIntervalMs = ms }
                : quota with { SizeBytes = amount.Size(), ResetIntervalMs = ms };
            if (amount.IsTime ? quota.TimeMs == 0 : quota.SizeBytes == 0)
            {
                throw amount.Unexpected("more than nothing: at least 1ms, or a size"); // 0 would mean no bound
            }
        }

        return quota;
    }

    private static ulong Milliseconds(SchemeWord word) => (ulong)(word.TimeUs() / 1000);

    private static PriorityWeights Weights(SchemeWord value) => value.Split(',') is [SchemeWord size, SchemeWord accesses, SchemeWord age]
        ? new PriorityWeights(size.WholeNumber(), accesses.WholeNumber(), age.WholeNumber())
        : throw value.Unexpected("three weights: SIZE,ACCESSES,AGE, e.g. 0,0,1");

    /// <summary><c>METRIC:VALUE</c>; behind it the node, of a control group its path, of user input the value now.</summary>
    private static QuotaGoal Goal(SchemeWord value)
    {
        SchemeWord[] parts = value.Split(':');
        QuotaGoalMetric? metric = SchemeText.FindGoal(parts[0].Text);
        (int least, int most) = metric switch
        {
            QuotaGoalMetric.SomeMemPsiUs or QuotaGoalMetric.ActiveMemBp or QuotaGoalMetric.InactiveMemBp => (2, 2),
            QuotaGoalMetric.UserInput or QuotaGoalMetric.MemFreeBp or QuotaGoalMetric.MemUsedBp => (2, 3),
            _ => (3, 4),
        };
        if (metric is null || parts.Length < least || parts.Length > most)
        {
            throw value.Unexpected("METRIC:VALUE, e.g. some_mem_psi_us:10ms, node_mem_free_bp:20% or node_memcg_used_bp:5%:/group");
        }

        ulong wanted = metric switch
        {
            QuotaGoalMetric.SomeMemPsiUs => (ulong)parts[1].TimeUs(),
            QuotaGoalMetric.UserInput => parts[1].LongNumber(),
            _ => parts[1].Share(10_000),
        };
        if (wanted == 0)
        {
            throw parts[1].Unexpected("more than nothing");
        }

        bool isOfGroup = SchemeText.IsOfGroup(metric.Value);
        var goal = new QuotaGoal(metric.Value, wanted) { CgroupPath = isOfGroup ? parts[2].Text : "" };
        return parts.Length <= (isOfGroup ? 3 : 2) ? goal
            : metric == QuotaGoalMetric.UserInput ? goal with { CurrentValue = parts[2].LongNumber() }
            : goal with { Node = (int)Math.Min(parts[^1].WholeNumber(), int.MaxValue) };
    }

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

        var watermarks = new SchemeWatermarks { Metric = metric, High = high.Share(1_000), Mid = mid.Share(1_000), Low = low.Share(1_000) };
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
            FilterKind.Target => filter with { TargetIndex = argument!.Value.WholeNumber() },
            FilterKind.Mapping or FilterKind.Memcg => filter with { Name = argument!.Value.Text },
            FilterKind.HugePageSize => Sizes(filter, argument!.Value),
            _ => filter,
        };
    }

    /// <summary>One size, or the smallest and the largest.</summary>
    private static SchemeFilter Sizes(SchemeFilter filter, SchemeWord value)
    {
        SchemeWord[] parts = value.Split('-');
        return parts.Length <= 2 && parts[0].Size() <= parts[^1].Size()
            ? filter with { MinSize = parts[0].Size(), MaxSize = parts[^1].Size() }
            : throw value.Unexpected("a size, or the smallest and the largest: 2M-1G");
    }

    private static AddressRange Range(SchemeWord value) =>
        value.Split('-') is [SchemeWord first, SchemeWord last] && first.Address() < last.Address()
            ? new AddressRange(first.Address(), last.Address())
            : throw value.Unexpected("a range of addresses: 0x7f0000000000-0x7f0000400000");
}
