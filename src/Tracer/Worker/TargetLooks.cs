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
    }

    /// <summary>Makes all memory of the target old, right after a look and before the next window is prepared.</summary>
    internal void Sweep()
    {
        if (_pages is not null && target.Sweep())
        {
            _followed.OnSwept();
        }
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
