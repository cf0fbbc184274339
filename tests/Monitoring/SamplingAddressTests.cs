namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class SamplingAddressTests
{
    [Fact]
    public void SmallestDraw_IsTheFirstByte() => Assert.Equal(4096ul, Address(0, 4096, 8192));

    [Fact]
    public void LargestDraw_IsTheLastByte() => Assert.Equal(8191ul, Address(ulong.MaxValue, 4096, 8192));

    [Fact]
    public void LargestDraw_IsTheLastByteOfA64GiBRegion() =>
        Assert.Equal((1ul << 36) - 1, Address(ulong.MaxValue, 0, 1ul << 36)); // a 32-bit draw ends at 4 GiB

    [Fact]
    public void EveryTenthOfA64GiBRegion_IsSampledEquallyOften()
    {
        // 100,000 draws over 10 bins: expected 10,000, standard deviation sqrt(100000 * 0.1 * 0.9) = 95; 5 sigma = 475.
        SeededRandom random = new(1);
        DamonRegion region = new() { Start = 1ul << 40, End = (1ul << 40) + (1ul << 36) };
        int[] bins = new int[10];
        for (int i = 0; i < 100_000; i++)
        {
            ulong address = UniformDraw.AddressIn(random, region);
            Assert.InRange(address, region.Start, region.End - 1);
            bins[(address - region.Start) * 10 / region.Size]++;
        }

        Assert.All(bins, count => Assert.InRange(count, 10_000 - 475, 10_000 + 475));
    }

    private static ulong Address(ulong draw, ulong start, ulong end) =>
        UniformDraw.AddressIn(new ScriptedRandom(draw), new DamonRegion { Start = start, End = end });
}
