namespace Damon.Trace.Tracer.Monitoring;

/// <summary>The rules attributes must keep. Those the kernel has too (damon_set_attrs) are marked; the others guard the arithmetic.</summary>
internal static class AttributesValidation
{
    /// <summary>A process has three monitored ranges at least: below, between and above its two biggest gaps.</summary>
    internal const uint SmallestMinNrRegions = 3;

    /// <summary>Largest interval: in nanoseconds it still fits a signed 64-bit number (292 years).</summary>
    internal const ulong LargestIntervalUs = long.MaxValue / 1_000;

    internal static List<string> Problems(DamonAttributes attributes)
    {
        List<string> problems = [];
        AddIntervalProblems(attributes, problems);
        AddRegionProblems(attributes, problems);
        if (attributes.IntervalsGoal is { Aggrs: > 0 } goal)
        {
            AddGoalProblems(attributes, goal, problems);
        }

        return problems;
    }

    private static void AddIntervalProblems(DamonAttributes attributes, List<string> problems)
    {
        AddIfTooLong("sampling interval", attributes.SampleUs, problems);
        AddIfTooLong("aggregation interval", attributes.AggrUs, problems);
        AddIfTooLong("regions update interval", attributes.UpdateUs, problems);
        ulong sampleUs = attributes.EffectiveSampleUs;
        if (sampleUs > attributes.AggrUs) // kernel: -EINVAL
        {
            problems.Add($"sampling interval {sampleUs} us is longer than the aggregation interval: at most {attributes.AggrUs} us allowed");
        }

        if (attributes.UpdateUs < sampleUs)
        {
            problems.Add($"regions update interval {attributes.UpdateUs} us is shorter than the sampling interval: at least {sampleUs} us needed");
        }
    }

    private static void AddIfTooLong(string option, ulong us, List<string> problems)
    {
        if (us > LargestIntervalUs)
        {
            problems.Add($"{option} {us} us is too long: at most {LargestIntervalUs} us allowed");
        }
    }

    private static void AddRegionProblems(DamonAttributes attributes, List<string> problems)
    {
        if (attributes.MinNrRegions < SmallestMinNrRegions) // kernel: -EINVAL
        {
            problems.Add($"minimum number of regions {attributes.MinNrRegions} is too small: at least {SmallestMinNrRegions} needed");
        }

        if (attributes.MinNrRegions > attributes.MaxNrRegions) // kernel: -EINVAL
        {
            problems.Add($"minimum number of regions {attributes.MinNrRegions} is larger than the maximum: at most {attributes.MaxNrRegions} allowed");
        }

        if (attributes.MaxNrRegions > Array.MaxLength)
        {
            problems.Add($"maximum number of regions {attributes.MaxNrRegions} is too large: at most {Array.MaxLength} allowed");
        }
    }

    private static void AddGoalProblems(DamonAttributes attributes, IntervalsGoal goal, List<string> problems)
    {
        if (goal.AccessBp is 0 or > DamonArithmetic.WholeBp)
        {
            problems.Add($"intervals goal access {goal.AccessBp} bp is out of bounds: 1 to {DamonArithmetic.WholeBp} bp allowed");
        }

        if (goal.MinSampleUs > goal.MaxSampleUs) // kernel: -EINVAL
        {
            problems.Add($"intervals goal minimum sampling interval {goal.MinSampleUs} us is longer than the maximum: at most {goal.MaxSampleUs} us allowed");
        }
        else if (attributes.SampleUs < goal.MinSampleUs || attributes.SampleUs > goal.MaxSampleUs) // kernel: -EINVAL
        {
            problems.Add($"sampling interval {attributes.SampleUs} us is outside the intervals goal: {goal.MinSampleUs} to {goal.MaxSampleUs} us allowed");
        }

        ulong longestUs = LargestIntervalUs / attributes.MaxNrAccesses;
        if (goal.MaxSampleUs > longestUs)
        {
            problems.Add($"intervals goal maximum sampling interval {goal.MaxSampleUs} us is too long with {attributes.MaxNrAccesses} samples per aggregation: at most {longestUs} us allowed");
        }
    }
}
