using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Recording;

/// <summary>What <c>record</c> was asked to do, in plain values.</summary>
internal sealed record RecordRequest
{
    /// <summary>Share of one CPU the recorder keeps within when no intervals are given.</summary>
    internal const double DefaultCpuBudget = 0.05;

    internal required IReadOnlyList<int> Pids { get; init; }

    internal required IReadOnlyList<string> Command { get; init; }

    internal required IReadOnlyList<OutputRequest> Outputs { get; init; }

    internal required DamonAttributes Attributes { get; init; }

    internal required string AccessCheck { get; init; }

    internal double? CpuBudget { get; init; }

    internal TimeSpan? Duration { get; init; }

    internal bool Realtime { get; init; }

    internal int BufferMb { get; init; }

    internal PerfCompat PerfCompat { get; init; }

    internal ulong Seed { get; init; }

    /// <summary>Listen to the kernel's kdamonds instead of running one.</summary>
    internal bool Kernel { get; init; }

    internal bool Usdt { get; init; }

    internal bool UserEvents { get; init; }

    internal bool Lttng { get; init; }
}
