using System.Text.Json.Serialization;

namespace Damon.Trace.Reports;

/// <summary>The map of one target.</summary>
internal sealed record HeatmapMap
{
    public required TargetIdentity Target { get; init; }

    /// <summary><c>percent</c> of the samples that found a cell accessed, or <c>nr_accesses</c> where the number of checks is not known.</summary>
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
    [JsonIgnore]
    public IReadOnlyList<string> BandNames { get; init; } = [];

    /// <summary>All that was monitored.</summary>
    [JsonIgnore]
    public RangeSet Monitored { get; init; } = new(limit: 1);

    [JsonIgnore]
    public bool IsShare => Unit == "percent";
}
