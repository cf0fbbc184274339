using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>What came out for one target.</summary>
internal sealed record SummaryTargetResult
{
    public required TargetIdentity Target { get; init; }

    /// <summary>What it needs, what is cold, what is unknown, and how sure that is: one sentence.</summary>
    public required string Headline { get; init; }

    /// <summary>Why no advice is given; null where the numbers carry it.</summary>
    public required string? RefusedAdvice { get; init; }

    /// <summary>Its memory by what is known of it; null where the recording has no idle times.</summary>
    public required TargetMemory? Memory { get; init; }

    public required int CompleteSnapshots { get; init; }

    /// <summary>Percentiles of the working set, by damo's rule; null without complete snapshot.</summary>
    public required ulong? WssP50Bytes { get; init; }

    public required ulong? WssP75Bytes { get; init; }

    public required ulong? WssP95Bytes { get; init; }

    /// <summary>Monitored in the last complete snapshot.</summary>
    public required ulong? MonitoredBytes { get; init; }

    /// <summary>The hottest range of the last complete snapshot.</summary>
    public required SummaryHottest? Hottest { get; init; }

    /// <summary>Memory idle for long at the end; null where nobody knows the aggregation interval, or nothing is idle.</summary>
    public required SummaryIdle? Idle { get; init; }

    /// <summary>Names with most accessed memory at the end.</summary>
    public required IReadOnlyList<SummaryMapping> Mappings { get; init; }

    /// <summary>The last reading; null where none was recorded.</summary>
    public required SummaryFootprint? Footprint { get; init; }
}
