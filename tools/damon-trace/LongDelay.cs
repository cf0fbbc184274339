namespace Damon.Trace.Cli;

/// <summary>Waits that may be longer than a timer of .NET, which ends after 49 days.</summary>
internal static class LongDelay
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>Ends after a time; never when there is none.</summary>
    internal static async Task For(TimeSpan? duration)
    {
        if (duration is not { } left)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return;
        }

        for (; left > s_longest; left -= s_longest)
        {
            await Task.Delay(s_longest, CancellationToken.None);
        }

        await Task.Delay(left, CancellationToken.None);
    }
}
