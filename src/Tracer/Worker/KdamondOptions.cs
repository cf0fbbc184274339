using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Worker;

/// <summary>What a kdamond is asked to do.</summary>
public sealed record KdamondOptions
{
    /// <summary>Number of the kdamond: its thread is called <c>kdamond.N</c>.</summary>
    public int Index { get; init; }

    /// <summary>Intervals and bounds to start with.</summary>
    public DamonAttributes Attributes { get; init; } = new();

    /// <summary>Share of one CPU the recorder may use, greater than 0; null does not bound it. Without any budget intervals stay as they are.</summary>
    public double? CpuBudget { get; init; }

    /// <summary>What the whole process uses counts against the budget: it does nothing but record. Else only the kdamond's own time does.</summary>
    public bool BudgetCoversProcess { get; init; }

    /// <summary>
    /// Share of the targets' time that accessing again what was made old may cost them, greater than 0; null does not bound it. Next to nothing where
    /// processors set accessed bits themselves, microseconds a page where a hypervisor keeps shadow page tables.
    /// </summary>
    public double? TargetBudget { get; init; }

    /// <summary>Samples per sampling interval beside the one of each region; see <see cref="DamonAttributes.ExtraSamples"/>.</summary>
    public uint ExtraSamples { get; init; } = 100;

    /// <summary>Ask for SCHED_FIFO, so that other load does not delay checks.</summary>
    public bool Realtime { get; init; }

    /// <summary>Operations set, for the descriptions: <c>vaddr</c> or <c>fvaddr</c>.</summary>
    public string Operations { get; init; } = "vaddr";

    /// <summary>Name of the access check, for the descriptions.</summary>
    public required string AccessCheck { get; init; }

    /// <summary>Seed of the sampling addresses and splits; the same seed on the same accesses gives the same regions.</summary>
    public ulong Seed { get; init; }
}
