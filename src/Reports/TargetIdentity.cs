namespace Damon.Trace.Reports;

/// <summary>Whose numbers they are, as far as the recording tells.</summary>
/// <param name="Kdamond">Name of the kdamond's thread.</param>
/// <param name="KdamondTid">Its thread id.</param>
/// <param name="TargetId">Index of the target in its context.</param>
/// <param name="Pid">Process id of the target.</param>
/// <param name="Comm">Its name.</param>
public sealed record TargetIdentity(string Kdamond, int KdamondTid, ulong TargetId, int? Pid, string? Comm)
{
    /// <summary><c>target 0: pid 4242 (app)</c>, as far as known.</summary>
    public string Describe() => Pid is null
        ? ReportText.Invariant($"target {TargetId}")
        : ReportText.Invariant($"target {TargetId}: pid {Pid}{(Comm is null ? "" : $" ({ReportText.Clean(Comm)})")}");
}

/// <summary>One series of snapshots. Target ids are counted per context, so the kdamond belongs to the key.</summary>
/// <param name="KdamondTid">Thread id of the kdamond.</param>
/// <param name="TargetId">Index of the target in its context.</param>
public readonly record struct TargetKey(int KdamondTid, ulong TargetId);
