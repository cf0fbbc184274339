namespace Damon.Trace.Reports.Wss;

/// <summary>So many per cent of the working sets are not larger than this, by damo's rule.</summary>
internal sealed record WssPercentile(int Percentile, ulong Bytes);
