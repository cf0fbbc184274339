using System.Text.Json.Serialization;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>What <c>report heatmap</c> says.</summary>
public sealed record HeatmapResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>Begin of the first column, nanoseconds of the recording's clock.</summary>
    public required long? BeginNs { get; init; }

    /// <summary>End of the last column.</summary>
    public required long? EndNs { get; init; }

    /// <summary>Of equal length.</summary>
    public required int Columns { get; init; }

    /// <summary>Targets that are not in it, for there are too many.</summary>
    public required int TargetsLeftOut { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<HeatmapMap> Targets { get; init; }

    /// <summary>Begin of a column, 0 .. <see cref="Columns"/>; the last is the end of the map.</summary>
    public long ColumnBeginNs(int column) =>
        (BeginNs ?? 0) + (long)((Int128)((EndNs ?? 0) - (BeginNs ?? 0)) * column / Columns);
}

/// <summary>The map of one target.</summary>
public sealed record HeatmapMap
{
    /// <summary>Whose numbers they are.</summary>
    public required TargetIdentity Target { get; init; }

    /// <summary>
    /// <c>percent</c> of the samples that found a cell accessed, or <c>nr_accesses</c> where the number of checks is not known.
    /// </summary>
    public required string Unit { get; init; }

    /// <summary>Heat of the hottest cell in the unit.</summary>
    public required double Hottest { get; init; }

    /// <summary>The largest frequency that could be seen, 1 / sampling interval; null when nobody knows it.</summary>
    public required double? MaxHz { get; init; }

    /// <summary>The smallest of these: the sampling interval may have changed.</summary>
    public required double? LeastMaxHz { get; init; }

    /// <summary>In address order, or stretch by stretch with the hottest first.</summary>
    public required IReadOnlyList<HeatmapRow> Rows { get; init; }

    /// <summary>Stretches drawn without gap.</summary>
    [JsonIgnore]
    public IReadOnlyList<HeatmapBand> Bands { get; init; } = [];

    /// <summary>What each of them is, as <see cref="TargetCatalog.NameOf(ulong, ulong, ulong)"/> has it.</summary>
    internal IReadOnlyList<string> BandNames { get; init; } = [];

    /// <summary>All that was monitored.</summary>
    internal RangeSet Monitored { get; init; } = new(limit: 1);

    internal bool IsShare => Unit == "percent";
}

/// <summary>One row of a map.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Permissions">Of the mapping that has most of it at the end.</param>
/// <param name="Mapping">The name of that mapping.</param>
/// <param name="Heat">For each column the mean in the unit of the map; null where nothing is known.</param>
/// <param name="Hz">For each column the mean in Hz; null where nothing is known.</param>
/// <param name="IsUnknown">For each column whether there is memory of which more is unknown than known.</param>
public sealed record HeatmapRow(
    ulong Start, ulong End, string? Permissions, string? Mapping, IReadOnlyList<double?> Heat, IReadOnlyList<double?> Hz,
    IReadOnlyList<bool> IsUnknown);
