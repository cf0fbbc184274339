namespace Damon.Trace.Reports.Pictures;

/// <summary>The working set size over a stretch of time.</summary>
/// <param name="EndNs">End of the last snapshot in it, nanoseconds of the recording's clock.</param>
/// <param name="Mean">By damo's rule, mean in bytes.</param>
/// <param name="Least">Smallest in bytes.</param>
/// <param name="Largest">Largest in bytes.</param>
/// <param name="Estimate">Bytes touched in one sampling interval, mean; null where no snapshot tells.</param>
internal readonly record struct WssStretch(long EndNs, double Mean, ulong Least, ulong Largest, WssBand? Estimate);

/// <summary>An estimate of bytes and its 95 % interval, means over the snapshots of a stretch.</summary>
/// <param name="Bytes">The estimate.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
/// <param name="Unknown">Bytes about which nothing is known: they come on top.</param>
internal readonly record struct WssBand(double Bytes, double Low, double High, double Unknown);
