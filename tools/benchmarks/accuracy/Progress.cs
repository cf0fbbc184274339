namespace Damon.Trace.Accuracy;

/// <summary>Work done up to a moment.</summary>
internal readonly record struct Progress(long NowNs, double Pages, double CpuSeconds)
{
    /// <summary>Pages touched per second on a CPU since an earlier moment.</summary>
    internal double RateSince(Progress earlier) => (Pages - earlier.Pages) / (CpuSeconds - earlier.CpuSeconds);
}
