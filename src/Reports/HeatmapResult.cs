namespace Damon.Trace.Reports;

/// <summary>What <c>report heatmap</c> says.</summary>
internal sealed record HeatmapResult
{
    public required RecordingFacts Recording { get; init; }

    /// <summary>Begin of the first column, nanoseconds of the recording's clock.</summary>
    public required long? BeginNs { get; init; }

    /// <summary>End of the last column.</summary>
    public required long? EndNs { get; init; }

    /// <summary>Of equal length.</summary>
    public required int Columns { get; init; }

    /// <summary>Targets that are not in it, for there are too many.</summary>
    public required int TargetsLeftOut { get; init; }

    public required IReadOnlyList<HeatmapMap> Targets { get; init; }

    /// <summary>Begin of a column, 0 .. <see cref="Columns"/>; the last is the end of the map.</summary>
    public long ColumnBeginNs(int column) =>
        (BeginNs ?? 0) + (long)((Int128)((EndNs ?? 0) - (BeginNs ?? 0)) * column / Columns);
}
