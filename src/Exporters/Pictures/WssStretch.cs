namespace Damon.Trace.Exporters.Pictures;

/// <summary>The working set size over a stretch of time.</summary>
/// <param name="EndNs">End of the last snapshot in it, nanoseconds of the recording's clock.</param>
/// <param name="Mean">Mean in bytes.</param>
/// <param name="Least">Smallest in bytes.</param>
/// <param name="Largest">Largest in bytes.</param>
internal readonly record struct WssStretch(long EndNs, double Mean, ulong Least, ulong Largest);
