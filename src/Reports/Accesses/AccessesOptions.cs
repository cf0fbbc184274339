namespace Damon.Trace.Reports.Accesses;

/// <summary>Which ranges <c>report who</c> shows.</summary>
public sealed record AccessesOptions : ReportSelection
{
    /// <summary>The hottest ranges of each target, where nothing else says which.</summary>
    public int Hottest { get; init; } = 5;

    /// <summary>Only these addresses; empty for the hottest.</summary>
    public IReadOnlyList<(ulong Start, ulong End)> Ranges { get; init; } = [];

    /// <summary>Functions listed for a range in text.</summary>
    public int Count { get; init; } = 10;
}
