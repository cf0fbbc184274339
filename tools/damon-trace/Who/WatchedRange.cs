using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Who;

/// <summary>Memory that is reported as one.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Parts">Ascending and disjoint, one or more.</param>
/// <param name="FrequencyHz">How hot it was found; null where nobody looked.</param>
internal sealed record WatchedRange(string Name, IReadOnlyList<AddressRange> Parts, double? FrequencyHz)
{
    internal ulong Start => Parts[0].Start;

    internal ulong End => Parts[^1].End;

    internal ulong Bytes => Parts.Aggregate(0UL, static (sum, part) => sum + part.Size);

    /// <summary>Whether bytes from an address on touch it.</summary>
    internal bool Touches(ulong address, ulong bytes) => Parts.Any(part => address < part.End && address + bytes > part.Start);
}
