using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>The followed pages of one target. Used by the kdamond only.</summary>
internal sealed class TargetLooks(DamonTarget target, TargetProcess process, DescribedTarget described, ISnapshotObserver observer, FollowedPages followed)
{
    private readonly IdleReport _report = new();
    private readonly IYoungPages? _pages = target.AccessCheck as IYoungPages;
    private readonly SweptWindow _window = new();
    private uint _ofGeneration;
    private double _nsPerPage;
    private long _sweptNs;
    private long _countedMadeOld;

    /// <summary>Share of the target's memory that only a sweep makes old.</summary>
    internal double SweptShare => target.SweptShare;

    /// <summary>What the latest sweep tells is not whole yet: another look is needed before the next sweep.</summary>
    internal bool AwaitsAnswer => _window.IsOpen;

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
            followed.Update(target.PopulatedRanges, nowNs);
        }

        followed.Look(_pages, nowNs);
        long cpuNs = Time.GetProcessCpuNs(process.Pid);
        _window.Watch(nowNs, cpuNs);
        if (_window.IsOpen && _window.TryClose(nowNs, cpuNs, CostOf(followed.CountAccessedSince(_sweptNs, onlySwept: true))))
        {
            target.OnSwept(followed);
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

        followed.OnSwept();
        _nsPerPage = nsPerPage;
        _sweptNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        _window.Open(_sweptNs, Time.GetProcessCpuNs(process.Pid));
        return _sweptNs - beginNs + (long)CostOf(followed.CountAccessedSince(beginNs - PageLooks.MaxSweepMemoryNs, onlySwept: true));
    }

    /// <summary>A window was prepared: what that took from the followed pages.</summary>
    internal void OnPrepared(long nowNs)
    {
        if (_pages is not null)
        {
            OnTaken(_pages.TakenYoung, nowNs);
        }
    }

    /// <summary>Accessed pages that were made old since this was asked before; see <see cref="IYoungPages.NrMadeOld"/>.</summary>
    internal long TakeNrMadeOld()
    {
        long all = _pages?.NrMadeOld ?? 0;
        long since = all - _countedMadeOld;
        _countedMadeOld = all;
        return since;
    }

    /// <summary>Pages were found young and made old between two windows.</summary>
    internal void OnTaken(ReadOnlySpan<AddressRange> taken, long nowNs) => followed.OnTaken(taken, nowNs);

    /// <summary>Emits for how long the pages have been idle, once the mappings they belong to are described.</summary>
    internal void Report(PageLooks looks)
    {
        if (followed.Count == 0 || described.DescribedGeneration == 0)
        {
            return;
        }

        IdlePages idle = _report.Fill(followed, target.PopulatedRanges, described.Mappings, described.DescribedGeneration);
        idle.TargetId = target.TargetId;
        idle.ShortNs = (ulong)looks.ShortNs;
        idle.LongNs = (ulong)looks.LongNs;
        observer.OnIdle(idle, _report.Records);
    }

    /// <summary>Nanoseconds it costs the target to access again what some of the followed pages stand for.</summary>
    private double CostOf(int pages) =>
        (double)pages / Math.Max(1, followed.Count) * target.PopulatedBytes / Unistd.PageSize * _nsPerPage;
}
