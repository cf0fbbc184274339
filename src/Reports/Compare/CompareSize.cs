namespace Damon.Trace.Reports.Compare;

/// <summary>A size in both recordings.</summary>
/// <param name="Size"><c>wss</c>, <c>rss</c>, <c>pss</c>, <c>swap</c> or <c>vsz</c>.</param>
/// <param name="Percentile">Of its distribution over time, by damo's rule.</param>
/// <param name="ABytes">Null where A does not have it.</param>
/// <param name="BBytes">Null where B does not have it.</param>
/// <param name="ChangeBytes">B - A.</param>
internal sealed record CompareSize(string Size, int Percentile, ulong? ABytes, ulong? BBytes, long? ChangeBytes);
