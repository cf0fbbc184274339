namespace Damon.Trace.Reports;

/// <summary>Intervals the user tells for recordings that do not carry them: the text of perf script has none.</summary>
/// <param name="SampleUs">Sampling interval in microseconds.</param>
/// <param name="AggrUs">Aggregation interval in microseconds.</param>
public readonly record struct KnownIntervals(ulong? SampleUs, ulong? AggrUs);
