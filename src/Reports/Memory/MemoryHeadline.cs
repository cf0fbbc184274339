using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>One sentence about the memory of a target: what it needs, what is cold, what is unknown, and how sure that is.</summary>
internal static class MemoryHeadline
{
    /// <summary>
    /// <c>needs 32.00 MiB (31.20 to 32.90 MiB) within 10 s, 26.00 MiB cold, nothing unknown, of 58.00 MiB resident</c>. Where the recording
    /// has no idle times, what damo's rule says and that nothing else is known.
    /// </summary>
    /// <param name="memory">Of the target; null without idle times.</param>
    /// <param name="damoBytes">Median working set by damo's rule, where there is one.</param>
    /// <param name="last">What the last snapshot says about memory, where it does.</param>
    public static string Of(TargetMemory? memory, ulong? damoBytes, SnapshotMemory? last = null)
    {
        if (memory is null && last is { } sampled)
        {
            return $"needs {SizeOf(MemoryPoint.Of(in sampled))} per sampling interval at the end; idle times of pages were not recorded";
        }

        if (memory is null)
        {
            return damoBytes is { } bytes
                ? $"needs {ReportText.ShortSize(bytes)} by damo's rule (median); idle times of pages were not recorded"
                : "what it needs is not known: no complete snapshot";
        }

        MemoryStates states = memory.States;
        bool isRange = states.UnknownBytes > MemoryRules.RangeShare * states.ResidentBytes;
        string needs = isRange
            ? $"{ReportText.ShortSize(states.HotLowBytes)} to {ReportText.ShortSize(states.MostBytes)}"
            : SizeOf(MemoryPoint.Of(states));
        string unknown = states.UnknownBytes == 0 ? "nothing" : ReportText.ShortSize(states.UnknownBytes);
        return $"needs {needs} within {ReportText.Seconds(memory.ColdAfterSeconds)}, {ReportText.ShortSize(states.ColdBytes)} cold, "
            + $"{unknown} unknown, of {ReportText.ShortSize(states.ResidentBytes)} resident";
    }

    private static string SizeOf(MemoryPoint point) => point.UnknownBytes > MemoryRules.RangeShare * point.ResidentBytes
        ? MemoryRules.Size(point.Bytes, point.UnknownBytes, point.ResidentBytes)
        : $"{ReportText.ShortSize(point.Bytes)} ({ReportText.ShortSize(point.LowBytes)} to {ReportText.ShortSize(point.HighBytes)}, 95 %)";

    /// <summary>Why no advice is given; null where the numbers carry it.</summary>
    public static string? RefusedAdvice(TargetMemory? memory) => memory switch
    {
        null => "no advice on sizes: the recording has no idle times of pages",
        { States.UnknownShare: > MemoryRules.AdviceShare and { } share } =>
            $"no advice on sizes: nothing is known of {ReportText.Percent(share)} of the resident memory",
        _ => null,
    };
}
