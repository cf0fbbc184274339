using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>Time that a target may lose: earned as a share of the CPU time that it uses.</summary>
/// <param name="pid">The target.</param>
/// <param name="share">The share of its CPU time.</param>
/// <param name="keptSeconds">As of <see cref="Allowance"/>.</param>
internal sealed class TargetAllowance(int pid, double share, double keptSeconds = 1)
{
    // A target that mostly sleeps loses nothing that anybody would miss: it may always lose its share of a tenth of the time.
    private const double LeastBusyShare = 0.1;

    private readonly Allowance _allowance = new(share, keptSeconds);
    private long _latestNs;
    private long _latestCpuNs;

    /// <summary>As of <see cref="Allowance"/>.</summary>
    internal double BalanceNs => _allowance.BalanceNs;

    internal bool IsLeft => _allowance.IsLeft;

    /// <summary>Takes what was earned since it was called before; the first call begins.</summary>
    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    /// <param name="begins">What has passed until now does not count.</param>
    internal void Earn(long nowNs, bool begins = false)
    {
        long cpuNs = Time.GetProcessCpuNs(pid);
        if (_latestNs != 0 && !begins)
        {
            _allowance.Earn(Math.Max(cpuNs - _latestCpuNs, (nowNs - _latestNs) * LeastBusyShare));
        }

        (_latestNs, _latestCpuNs) = (nowNs, cpuNs);
    }

    internal void Spend(double ns) => _allowance.Spend(ns);
}
