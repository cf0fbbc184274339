using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Who;

/// <summary>What <c>who</c> was asked to do, in plain values.</summary>
internal sealed record WhoRequest
{
    internal required int Pid { get; init; }

    /// <summary>Only these addresses, ascending and disjoint; empty for others.</summary>
    internal required IReadOnlyList<AddressRange> Ranges { get; init; }

    /// <summary>Only mappings of this name; null for others.</summary>
    internal string? Mapping { get; init; }

    /// <summary>How many of the hottest ranges, where nothing else says what to look at.</summary>
    internal required int Hottest { get; init; }

    /// <summary>For how long the hottest ranges are looked for.</summary>
    internal required TimeSpan Monitor { get; init; }

    internal required TimeSpan Duration { get; init; }

    internal required TimeSpan Window { get; init; }

    /// <summary>Null for what suits the sampler.</summary>
    internal double? ProbesPerSecond { get; init; }

    /// <summary>Share of its CPU time that the target may lose.</summary>
    internal required double TargetShare { get; init; }

    /// <summary>Share of one CPU.</summary>
    internal required double CpuBudget { get; init; }

    internal required string Sampler { get; init; }

    internal required int Count { get; init; }

    internal bool Json { get; init; }

    internal bool Folded { get; init; }

    internal bool DotNetMethods { get; init; }
}
