using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

public sealed class LeafEntryTests
{
    private const ulong SmallPage = 1UL << 52;
    private const ulong HugePage = 2UL << 52;

    [Fact]
    public void Zero_IsAHole()
    {
        Assert.False(default(LeafEntry).IsMapped);
        Assert.False(default(LeafEntry).IsYoung);
    }

    [Fact]
    public void Young_IsTheAccessedBitOrTheRecoveredOne()
    {
        Assert.True(new LeafEntry(SmallPage | 0x21).IsYoung);
        Assert.True(new LeafEntry(SmallPage | 0x21).IsAccessed);
        Assert.True(new LeafEntry(SmallPage | (1UL << 54) | 1).IsYoung);
        Assert.False(new LeafEntry(SmallPage | (1UL << 54) | 1).IsAccessed);
        Assert.False(new LeafEntry(SmallPage | 0x41).IsYoung);
    }

    [Fact]
    public void SwapEntry_IsNeverYoung()
    {
        // Neither present nor protnone: bits of a swap entry mean other things.
        Assert.False(new LeafEntry(SmallPage | 0x20).IsYoung);
    }

    [Fact]
    public void FrameNumber_IsInvertedWithoutPresentBit()
    {
        Assert.Equal(0x12345UL, new LeafEntry(SmallPage | 0x12345025).FrameNumber);
        Assert.Equal(0x12345UL, new LeafEntry(SmallPage | 0x120 | (~0x12345000UL & 0x000ffffffffff000)).FrameNumber);
    }

    [Fact]
    public void FrameNumber_OfAHugePageIgnoresItsAttributeBit()
    {
        Assert.Equal(0x200UL, new LeafEntry(HugePage | 0x2010e7).FrameNumber & ~1UL);
        Assert.Equal(0x200UL, new LeafEntry(HugePage | 0x2010e7).FrameNumber);
    }

    [Fact]
    public void Continues_AllowsDifferencesOfUseButNotOfMapping()
    {
        var first = new LeafEntry(SmallPage | 0x8000_0000_1000_0027);

        Assert.True(new LeafEntry(SmallPage | 0x8000_0000_1000_1067).Continues(first, 1));
        Assert.True(new LeafEntry(SmallPage | 0x8000_0000_1000_2005).Continues(first, 2));
        Assert.False(new LeafEntry(SmallPage | 0x8000_0000_1000_2027).Continues(first, 1));
        Assert.False(new LeafEntry(SmallPage | 0x0000_0000_1000_1027).Continues(first, 1));
        Assert.False(new LeafEntry(HugePage | 0x8000_0000_1000_1027).Continues(first, 1));
    }
}
