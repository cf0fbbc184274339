namespace Damon.Trace.Reports.Recency;

/// <summary>The idle times that are asked for.</summary>
internal static class IdleTimes
{
    private const ulong Second = 1_000_000;
    private const ulong Minute = 60 * Second;
    private const ulong Hour = 60 * Minute;

    /// <summary>In microseconds, from "all memory" on. A factor of two to two and a half from one to the next.</summary>
    public static readonly ulong[] StepsUs =
    [
        0, Second / 10, Second / 5, Second / 2, Second, 2 * Second, 5 * Second, 10 * Second, 20 * Second, 30 * Second, Minute, 2 * Minute,
        5 * Minute, 10 * Minute, 20 * Minute, 30 * Minute, Hour, 2 * Hour, 6 * Hour, 12 * Hour, 24 * Hour, 48 * Hour, 168 * Hour,
    ];

    /// <summary>The last step that is not longer.</summary>
    public static int StepOf(ulong idleUs)
    {
        int step = 0;
        while (step + 1 < StepsUs.Length && StepsUs[step + 1] <= idleUs)
        {
            step++;
        }

        return step;
    }
}
