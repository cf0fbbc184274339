using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>The followed pages of one target. Used by the kdamond only.</summary>
internal sealed class TargetLooks(DamonTarget target, DescribedTarget described, DamonTracepoint tracepoint, ulong seed)
{
    private readonly FollowedPages _followed = new(seed, (ulong)Unistd.PageSize);
    private readonly IdleReport _report = new();
    private readonly IYoungPages? _pages = target.AccessCheck as IYoungPages;
    private uint _ofGeneration;
    private bool _isSwept;

    /// <summary>Share of the target's memory that only a sweep makes old.</summary>
    internal double SweptShare => target.SweptShare;

    /// <summary>Looks at the pages; those of new memory are followed from now on.</summary>
    internal void Look(long nowNs)
    {
        if (_pages is null)
        {
            return;
        }

        if (target.PopulatedGeneration != _ofGeneration)
        {
            _ofGeneration = target.PopulatedGeneration;
            _followed.Update(target.PopulatedRanges, nowNs);
        }

        _followed.Look(_pages, nowNs);
        if (_isSwept)
        {
            _isSwept = false;
            target.OnSwept(_followed);
        }
    }

    /// <summary>
    /// Makes the memory old that only a sweep does, right after a look. Returns the time for which that holds up the target, in nanoseconds: the
    /// sweep itself, and what it costs to access again what was accessed.
    /// </summary>
    internal long Sweep(double nsPerPage)
    {
        long beginNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        if (_pages is null || SweptShare == 0 || !target.AccessCheck!.Sweep())
        {
            return 0;
        }

        _followed.OnSwept();
        _isSwept = true;
        double hot = _followed.CountAccessedSince(beginNs - PageLooks.MaxSweepMemoryNs, onlySwept: true);
        double pages = hot / Math.Max(1, _followed.Count) * target.PopulatedBytes / (double)Unistd.PageSize;
        return Time.GetNs(Time.CLOCK_MONOTONIC) - beginNs + (long)(pages * nsPerPage);
    }

    /// <summary>A window was prepared: what that took from the followed pages.</summary>
    internal void OnPrepared(long nowNs)
    {
        if (_pages is not null)
        {
            _followed.OnTaken(_pages.TakenYoung, nowNs);
        }
    }

    /// <summary>Emits for how long the pages have been idle, once the mappings they belong to are described.</summary>
    internal void Report(PageLooks looks)
    {
        if (_followed.Count == 0 || described.DescribedGeneration == 0)
        {
            return;
        }

        IdlePages idle = _report.Fill(_followed, target.PopulatedRanges, described.Mappings, described.DescribedGeneration);
        idle.TargetId = target.TargetId;
        idle.ShortNs = (ulong)looks.ShortNs;
        idle.LongNs = (ulong)looks.LongNs;
        tracepoint.Idle(idle, _report.Records);
    }
}
