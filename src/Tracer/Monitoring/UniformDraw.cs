namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Uniform numbers below a bound, from one 64-bit draw each.</summary>
internal static class UniformDraw
{
    /// <summary>
    /// A number in [0, bound): the high half of draw * bound. Unlike a 32-bit draw it reaches every byte of regions of 4 GiB and more;
    /// its bias is below bound / 2^64.
    /// </summary>
    internal static ulong Below(IRandomSource random, ulong bound) => Math.BigMul(random.NextUInt64(), bound, out _);

    /// <summary>An address of the region, every byte equally likely.</summary>
    internal static ulong AddressIn(IRandomSource random, in DamonRegion region) => region.Start + Below(random, region.Size);
}
