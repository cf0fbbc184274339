using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.AccessSamples;

public sealed class ByteChoiceTests
{
    /// <summary>Ranges of 1, 2 and 5 bytes: of 80,000 draws 10,000 each, four standard errors are 370.</summary>
    [Fact]
    public void Draw_GivesEveryByteTheSameChance()
    {
        AddressRange[] ranges = [new(0x1001, 0x1002), new(0x2000, 0x2002), new(0x2800, 0x2800), new(0x3000, 0x3005)];
        var bytes = new ByteChoice(ranges);
        var random = new SeededRandom(1);
        var counts = new Dictionary<ulong, int>();
        for (int i = 0; i < 80_000; i++)
        {
            ulong drawn = bytes.Draw(random);
            counts[drawn] = counts.GetValueOrDefault(drawn) + 1;
        }

        Assert.Equal(8ul, bytes.NrBytes);
        Assert.Equal<ulong>([0x1001, 0x2000, 0x2001, 0x3000, 0x3001, 0x3002, 0x3003, 0x3004], counts.Keys.Order());
        Assert.All(counts.Values, static count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Ranges_WithoutAByte_AreRefused() => Assert.Throws<ArgumentOutOfRangeException>(static () => new ByteChoice([new(0x1001, 0x1001)]));

    [Theory]
    [InlineData(0x0ff8, 8, false)]
    [InlineData(0x0ff9, 8, true)]
    [InlineData(0x1fff, 1, true)]
    [InlineData(0x2000, 8, false)]
    public void Touches_TakesAccessesThatReachIn(ulong address, ulong bytes, bool touches) =>
        Assert.Equal(touches, new ByteChoice([new(0x1000, 0x2000)]).Touches(address, bytes));
}
