using Damon.Trace.Cli.Metrics;
using Damon.Trace.Cli.Who;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Recording;

/// <summary>What <c>record</c> was asked to do, in plain values.</summary>
internal sealed record RecordRequest
{
    /// <summary>Share of one CPU the recorder keeps within when no intervals are given.</summary>
    internal const double DefaultCpuBudget = 0.05;

    /// <summary>The processes; empty for a command, and for what the kernel does without one.</summary>
    internal required TargetSelection Targets { get; init; }

    internal required IReadOnlyList<string> Command { get; init; }

    internal required IReadOnlyList<OutputRequest> Outputs { get; init; }

    internal required DamonAttributes Attributes { get; init; }

    internal required string AccessCheck { get; init; }

    /// <summary>Targets may be stopped for a moment and made to run a system call, if the access check takes that.</summary>
    internal bool AllowInjection { get; init; }

    /// <summary>Look at every page in each window, instead of sampling.</summary>
    internal bool Exact { get; init; }

    internal double? CpuBudget { get; init; }

    /// <summary>Share of the targets' time that looking at them may cost; null for what the schemes want, if any.</summary>
    internal double? TargetBudget { get; init; }

    /// <summary>What acts on the memory of the targets meanwhile; none to watch only.</summary>
    internal IReadOnlyList<Scheme> Schemes { get; init; } = [];

    /// <summary>How accesses are sampled beside regions; null when they are not.</summary>
    internal AccessRequest? Accesses { get; init; }

    internal TimeSpan? Duration { get; init; }

    /// <summary>When to go on in new files; null for one file.</summary>
    internal RotationRequest? Rotation { get; init; }

    /// <summary>Where metrics are published; null for nowhere.</summary>
    internal MetricsRequest? Metrics { get; init; }

    internal bool Realtime { get; init; }

    internal int BufferMb { get; init; }

    internal PerfCompat PerfCompat { get; init; }

    internal ulong Seed { get; init; }

    /// <summary>Have the kernel monitor, instead of a kdamond of our own: driven when there is something to monitor, else listened to.</summary>
    internal bool Kernel { get; init; }

    /// <summary>The kernel is to be driven.</summary>
    internal bool DrivesKernel => Kernel && (!Targets.IsEmpty || Command.Count > 0 || Operations == KernelContext.Paddr);

    /// <summary>Operations set: <c>vaddr</c>, <c>fvaddr</c> or <c>paddr</c>.</summary>
    internal string Operations { get; init; } = KernelContext.Vaddr;

    /// <summary>Ranges to monitor with <c>fvaddr</c> and <c>paddr</c>; empty for <c>vaddr</c>, and for all physical memory.</summary>
    internal IReadOnlyList<AddressRange> Regions { get; init; } = [];

    /// <summary>Name the heap generations of .NET targets.</summary>
    internal bool DotNetNames { get; init; }

    /// <summary>What else is asked of the targets, see <see cref="Cli.Names.NameKinds"/>.</summary>
    internal IReadOnlyList<string> Names { get; init; } = [];

    internal bool Usdt { get; init; }

    internal bool UserEvents { get; init; }

    internal bool Lttng { get; init; }
}
