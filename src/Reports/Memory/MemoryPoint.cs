using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>An estimated size with its 95 % interval, in pages of 4 KiB so that many can be kept; 2^32 of them are 16 TiB.</summary>
internal readonly record struct MemoryPoint(uint Pages, uint LowPages, uint HighPages, uint UnknownPages, uint ResidentPages)
{
    /// <summary>97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959964;

    public ulong Bytes => ToBytes(Pages);

    public ulong LowBytes => ToBytes(LowPages);

    public ulong HighBytes => ToBytes(HighPages);

    public ulong UnknownBytes => ToBytes(UnknownPages);

    public ulong ResidentBytes => ToBytes(ResidentPages);

    /// <summary>What is hot of a target.</summary>
    public static MemoryPoint Of(MemoryStates states) => new(
        ToPages(states.HotBytes), ToPages(states.HotLowBytes), ToPages(states.HotHighBytes), ToPages(states.UnknownBytes),
        ToPages(states.ResidentBytes));

    /// <summary>What a snapshot found touched in one sampling interval: at least nothing, at most all that is known.</summary>
    public static MemoryPoint Of(in SnapshotMemory memory)
    {
        double half = Z * memory.TouchedErrorBytes;
        double most = memory.ResidentBytes - Math.Min(memory.ResidentBytes, memory.UnknownBytes);
        return new MemoryPoint(
            ToPages(memory.TouchedBytes), ToPages(Math.Max(0, memory.TouchedBytes - half)),
            ToPages(Math.Max(memory.TouchedBytes, Math.Min(most, memory.TouchedBytes + half))), ToPages(memory.UnknownBytes),
            ToPages(memory.ResidentBytes));
    }

    /// <summary>The point with the median size: of an even number the upper one, as damo's rule has it.</summary>
    public static MemoryPoint Median(IReadOnlyCollection<MemoryPoint> points) =>
        points.OrderBy(point => point.Pages).ElementAt(points.Count / 2);

    /// <summary>As the working set over a time.</summary>
    public WithinTime ToWithin(double seconds) => new(seconds, Bytes, LowBytes, HighBytes, UnknownBytes, ResidentBytes);

    private static uint ToPages(double bytes) => (uint)Math.Clamp(Math.Round(bytes / RegionEstimateRecord.PageBytes), 0, uint.MaxValue);

    private static ulong ToBytes(uint pages) => (ulong)pages * RegionEstimateRecord.PageBytes;
}
