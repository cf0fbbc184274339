using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Memory that has come is monitored soon, not when the next regions update is due: the newest is often the hottest, and what is in no region is
/// in no figure. How much memory a process holds is a small read, twenty times a second; updates it asks for keep to a share of CPU, so
/// that reading where a large target's memory lies is not done more often than that allows.
/// </summary>
/// <param name="context">Updates the regions.</param>
/// <param name="targets">Those of the context, as they come and go.</param>
/// <param name="share">Share of one CPU that updates may take, greater than 0.</param>
internal sealed class GrowthWatch(DamonContext context, IReadOnlyList<KdamondTarget> targets, double share)
{
    private const long PeriodNs = 50_000_000;

    private readonly TimeAllowance _updates = new(share);
    private readonly UpdatePeriod _period = new(share);
    private long _watchedNs;
    private bool _isRequested;

    /// <summary>CPU time of the checks so far that updated regions, in nanoseconds. It comes with time, not with each check.</summary>
    internal long UpdateCpuNs { get; private set; }

    /// <summary>How far apart updates are to be that nothing but time asks for.</summary>
    /// <param name="wantedUs">Where they cost next to nothing, in microseconds.</param>
    internal ulong PeriodUs(ulong wantedUs) => _period.Of(wantedUs);

    /// <summary>Checks accesses, with an update if one was asked for, and looks whether one is needed.</summary>
    /// <param name="nowNs">Time.</param>
    internal void CheckAccesses(long nowNs)
    {
        long beganNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        context.CheckAccesses();
        bool wasUpdated = false;
        foreach (KdamondTarget target in targets)
        {
            wasUpdated |= target.NoteUpdate();
        }

        if (wasUpdated)
        {
            _isRequested = false;
            long cpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - beganNs;
            UpdateCpuNs += cpuNs;
            _updates.Spend(cpuNs);
            _period.Add(cpuNs);
        }

        if (nowNs - _watchedNs >= PeriodNs)
        {
            Watch(nowNs);
        }
    }

    /// <summary>
    /// An aggregation has ended. Memory that has gone can wait for that: samples that find none are known not to be memory, while an update in the
    /// middle of an aggregation would take away what was accessed in its first part.
    /// </summary>
    internal void OnAggregated()
    {
        for (int i = 0; i < targets.Count && !_isRequested && _updates.Allows; i++)
        {
            Request(targets[i].HasShrunk());
        }
    }

    private void Watch(long nowNs)
    {
        _updates.Earn(_watchedNs == 0 ? 0 : nowNs - _watchedNs);
        _watchedNs = nowNs;
        for (int i = 0; i < targets.Count && !_isRequested && _updates.Allows; i++)
        {
            Request(targets[i].HasGrown());
        }
    }

    private void Request(bool isNeeded)
    {
        if (isNeeded)
        {
            _isRequested = true;
            context.RequestRegionsUpdate();
        }
    }
}
