namespace Damon.Trace.Reports;

/// <summary>One row of a map.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Permissions">Of the mapping that has most of it at the end.</param>
/// <param name="Mapping">The name of that mapping.</param>
/// <param name="Heat">For each column the mean in the unit of the map; null where nothing is known.</param>
/// <param name="Hz">For each column the mean in Hz; null where nothing is known.</param>
/// <param name="IsUnknown">For each column whether there is memory of which more is unknown than known.</param>
internal sealed record HeatmapRow(
    ulong Start, ulong End, string? Permissions, string? Mapping, IReadOnlyList<double?> Heat, IReadOnlyList<double?> Hz,
    IReadOnlyList<bool> IsUnknown);
