using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>One target of a kdamond: the process, its regions, and its followed pages.</summary>
internal sealed class KdamondTarget(MonitoredTarget monitored, DamonTarget target, TargetLooks looks)
{
    // What has changed since the latest update by more than this is worth an update of its own: a region has as many pages at least.
    private const long WorthwhilePages = 64;

    private long _residentPages;
    private uint _ofGeneration;

    internal MonitoredTarget Monitored => monitored;

    internal DamonTarget Target => target;

    internal TargetLooks Looks => looks;

    /// <summary>
    /// To be called after each check: what the process holds when its regions are updated is what is monitored. True when they were.
    /// </summary>
    internal bool NoteUpdate()
    {
        if (target.PopulatedGeneration == _ofGeneration)
        {
            return false;
        }

        _ofGeneration = target.PopulatedGeneration;
        _residentPages = TryReadResident(out long pages) ? pages : _residentPages;
        return true;
    }

    /// <summary>Whether the process holds clearly more memory than at the latest regions update: one small read of /proc/PID/statm.</summary>
    internal bool HasGrown() => GrownPages() > WorthwhilePages;

    /// <summary>Whether it holds clearly less.</summary>
    internal bool HasShrunk() => GrownPages() < -WorthwhilePages;

    private long GrownPages() => target.PopulatedGeneration != 0 && TryReadResident(out long pages) ? pages - _residentPages : 0;

    private bool TryReadResident(out long pages)
    {
        bool isRead = ProcFootprint.TryReadResident(monitored.Process.Proc, out ulong resident);
        pages = (long)(resident / (ulong)Unistd.PageSize);
        return isRead;
    }
}
