namespace Damon.Trace.Cli.Recording;

/// <summary>What a recording took.</summary>
/// <param name="WallNs">Its length in nanoseconds.</param>
/// <param name="CpuNs">CPU time of the whole recorder in it, in nanoseconds.</param>
internal readonly record struct RecordingCost(long WallNs, long CpuNs)
{
    /// <summary>CPU time in per cent of one CPU.</summary>
    internal double CpuPercent => WallNs > 0 ? 100.0 * CpuNs / WallNs : 0;
}
