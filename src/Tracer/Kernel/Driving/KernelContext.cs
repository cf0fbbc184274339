using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>What the kernel is asked to monitor.</summary>
/// <param name="Operations">Address space: <c>vaddr</c>, <c>fvaddr</c> or <c>paddr</c>.</param>
/// <param name="Attributes">Intervals and bounds; must be valid.</param>
/// <param name="Pids">Process of each target, in the order of target_id; empty for paddr.</param>
/// <param name="Ranges">Initial regions of every target for fvaddr and paddr, sorted and disjoint; empty for vaddr.</param>
public sealed record KernelContext(
    string Operations, DamonAttributes Attributes, IReadOnlyList<int> Pids, IReadOnlyList<AddressRange> Ranges)
{
    /// <summary>What the kernel does to memory that is accessed as they say.</summary>
    public IReadOnlyList<Scheme> Schemes { get; init; } = [];

    /// <summary>The kernel only counts what its schemes would be tried on: each becomes <c>stat</c>.</summary>
    public bool SchemesDryRun { get; init; }

    /// <summary>Virtual addresses, following the mappings of the processes.</summary>
    public const string Vaddr = "vaddr";

    /// <summary>Given ranges of virtual addresses.</summary>
    public const string Fvaddr = "fvaddr";

    /// <summary>Physical addresses.</summary>
    public const string Paddr = "paddr";
}
