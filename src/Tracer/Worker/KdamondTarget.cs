using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>One target of a kdamond: the process, its regions, and its followed pages.</summary>
internal sealed class KdamondTarget(MonitoredTarget monitored, DamonTarget target, TargetLooks looks)
{
    // What has changed since the latest update by more than a 64th of the memory, and by more than 64 pages, is worth an update of its own.
    private const int WorthwhilePart = 64;
    private const long WorthwhilePages = 64;

    private long _residentPages;
    private uint _ofGeneration;

    internal MonitoredTarget Monitored => monitored;

    internal DamonTarget Target => target;

    internal TargetLooks Looks => looks;

    /// <summary>Whether the process holds clearly more or less memory than at the latest regions update: one small read of /proc/PID/statm.</summary>
    internal bool HasGrown()
    {
        if (target.PopulatedGeneration == 0 || !ProcFootprint.TryReadResident(monitored.Process.Proc, out ulong resident))
        {
            return false;
        }

        long pages = (long)(resident / (ulong)Unistd.PageSize);
        if (target.PopulatedGeneration != _ofGeneration)
        {
            _ofGeneration = target.PopulatedGeneration;
            _residentPages = pages;
            return false;
        }

        return Math.Abs(pages - _residentPages) > Math.Max(WorthwhilePages, pages / WorthwhilePart);
    }
}
