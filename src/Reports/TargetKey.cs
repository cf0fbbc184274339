namespace Damon.Trace.Reports;

/// <summary>One series of snapshots. Target ids are counted per context, so the kdamond belongs to the key.</summary>
/// <param name="KdamondTid">Thread id of the kdamond.</param>
/// <param name="TargetId">Index of the target in its context.</param>
public readonly record struct TargetKey(int KdamondTid, ulong TargetId);
