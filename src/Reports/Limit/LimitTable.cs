namespace Damon.Trace.Reports.Limit;

/// <summary><c>report limit --csv</c>: the candidates of all targets together, and of each.</summary>
internal static class LimitTable
{
    public static void Write(LimitResult result, CsvTable table)
    {
        table.Header(
            "kdamond_tid", "target_id", "pid", "of", "limit_bytes", "peak_bytes", "idle_seconds", "leaving_bytes", "refaults_per_second",
            "refaults_low", "refaults_high", "loss_share", "loss_share_high", "asked_for", "advised");
        foreach (LimitScope scope in result.Total is { } total ? [total, .. result.Targets] : result.Targets)
        {
            foreach (LimitRow row in scope.Rows)
            {
                table.Row(
                    scope.Target?.KdamondTid, scope.Target?.TargetId, scope.Target?.Pid, scope.Target is null ? "total" : "target",
                    row.LimitBytes, row.PeakBytes, row.IdleSeconds, row.LeavingBytes, row.Refaults, row.LowRefaults, row.HighRefaults,
                    row.LossShare, row.HighLossShare, row.IsAskedFor ? 1 : 0, ReferenceEquals(row, scope.Advice?.Row) ? 1 : 0);
            }
        }
    }
}
