namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class ArithmeticTests
{
    [Theory]
    [InlineData(3u, 5u, 2u)]
    [InlineData(5u, 3u, 2u)] // 3u - 5u would wrap to 4294967294
    [InlineData(0u, uint.MaxValue, uint.MaxValue)]
    public void AbsDiff_DoesNotWrap(uint left, uint right, uint expected) => Assert.Equal(expected, DamonArithmetic.AbsDiff(left, right));

    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(1ul, 4096ul)]
    [InlineData(4096ul, 4096ul)]
    [InlineData(ulong.MaxValue, ulong.MaxValue - 4095)] // nothing above: the last multiple instead of 0
    public void AlignUp_NeverWraps(ulong value, ulong expected) => Assert.Equal(expected, DamonArithmetic.AlignUp(value, 4096));

    [Fact]
    public void WeightedAverage_TruncatesLikeTheKernel() =>
        Assert.Equal(6u, DamonArithmetic.WeightedAverage(5, 32, 8, 32)); // 6.5

    [Fact]
    public void WeightedAverage_OfHugeRegionsDoesNotOverflow() => // 2^32 * 2^47 needs 79 bits
        Assert.Equal(uint.MaxValue - 1, DamonArithmetic.WeightedAverage(uint.MaxValue, 1ul << 47, uint.MaxValue - 1, 1ul << 47));

    [Fact]
    public void MultiplyDivide_Saturates() => Assert.Equal(ulong.MaxValue, DamonArithmetic.MultiplyDivide(ulong.MaxValue, 2, 1));
}
