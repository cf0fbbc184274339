namespace Damon.Trace.Reports.Regions;

/// <summary>The first ranges in one order.</summary>
/// <param name="Order"><c>hottest</c>, <c>coldest</c>, <c>oldest</c> or <c>temperature</c>.</param>
/// <param name="Ranges">The ranges.</param>
internal sealed record RegionsList(string Order, IReadOnlyList<RegionsRange> Ranges);
