using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer;

/// <summary>How a <see cref="MemoryMonitor"/> works. The defaults watch any process for 5 % of one CPU.</summary>
public sealed record MonitorOptions
{
    /// <summary>The share of one CPU that monitoring keeps within by default.</summary>
    public const double DefaultCpuBudget = 0.05;

    /// <summary>How accessed pages become known: <see cref="AccessCheckCatalog.Auto"/>, or the name of an access check.</summary>
    public string AccessCheck { get; init; } = AccessCheckCatalog.Auto;

    /// <summary>Intervals and bounds on the number of regions; to start with where there is a <see cref="CpuBudget"/>.</summary>
    public DamonAttributes Attributes { get; init; } = new();

    /// <summary>Share of one CPU that monitoring may use, greater than 0: the sampling interval stretches to fit. Null does not bound it; without any budget the intervals stay as they are.</summary>
    public double? CpuBudget { get; init; } = DefaultCpuBudget;

    /// <summary>
    /// What the whole process uses counts against the budget, not only the kdamond: for a program that does nothing but record. In any other
    /// the program's own work would slow down the sampling.
    /// </summary>
    public bool BudgetCoversProcess { get; init; }

    /// <summary>
    /// Share of the targets' time that monitoring may cost them, greater than 0: the sampling interval stretches to fit that as well. Only matters where a
    /// page whose accessed bit was cleared is dear to access (hypervisors with shadow page tables), which is measured at the start. Null does not bound it.
    /// </summary>
    public double? TargetBudget { get; init; }

    /// <summary>Ask for SCHED_FIFO, so that other load does not delay checks; needs CAP_SYS_NICE.</summary>
    public bool Realtime { get; init; }

    /// <summary>Targets may be stopped for a moment and made to run a system call, if the access check takes that.</summary>
    public bool AllowInjection { get; init; }

    /// <summary>Ranges to monitor whatever is mapped there (fvaddr), sorted and disjoint; empty: all mappings, as they change (vaddr).</summary>
    public IReadOnlyList<AddressRange> Ranges { get; init; } = [];

    /// <summary>Seed of the sampling addresses and splits; the same seed on the same accesses gives the same regions.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Every snapshot goes to the EventPipe provider as well, so that dotnet-trace, PerfView or a program with a TraceEvent parser can watch
    /// from outside. Costs next to nothing while nobody does.
    /// </summary>
    public bool EmitToTracepoints { get; init; }

    /// <summary>
    /// What is known is published as the meter <c>Damon</c> of System.Diagnostics.Metrics as well: working set, idle and resident memory by target
    /// and kind of mapping, and what the monitoring costs. For dotnet-counters, OpenTelemetry and other listeners.
    /// </summary>
    public bool EmitMetrics { get; init; }

    /// <summary>Snapshots that wait for <see cref="MemoryMonitor.Snapshots"/> at most, 1 or more; beyond it the oldest is dropped and counted.</summary>
    public int MaxWaitingSnapshots { get; init; } = 64;

    /// <summary>Schemes only plan and count what they would do; see <see cref="MemoryMonitor.Apply"/>.</summary>
    public bool SchemesDryRun { get; init; }

    /// <summary>What the runtimes of the processes say about their memory, one per process or none; owned by the monitor. Called by Attach, and for each that comes later.</summary>
    public Func<IReadOnlyList<TargetProcess>, IReadOnlyList<INamedRanges>>? Names { get; init; }
}
