namespace Damon.Trace.Exporters.Reports;

/// <summary>How many ranges are listed and of what.</summary>
public sealed record RegionsOptions
{
    /// <summary>Ranges in each of the two lists.</summary>
    public int Count { get; init; } = 10;

    /// <summary>Only this target; else all.</summary>
    public ulong? TargetId { get; init; }

    /// <summary>Intervals of a recording that does not tell them.</summary>
    public KnownIntervals Known { get; init; }
}
