namespace Damon.Trace.Accuracy;

/// <summary>A range that was touched in a time, in ns of CLOCK_MONOTONIC.</summary>
internal readonly record struct Access(long BeginNs, long EndNs, AddressRange Range)
{
    /// <summary>Nanoseconds of a window in which it was.</summary>
    internal long Overlap(long beginNs, long endNs) => Math.Max(0, Math.Min(EndNs, endNs) - Math.Max(BeginNs, beginNs));
}
