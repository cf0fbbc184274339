using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.AccessSamples;

public sealed class WordChoiceTests
{
    /// <summary>Ranges of 1, 2 and 5 whole words; expected 1/8, 2/8, 5/8 of 80,000 draws, four standard errors are 0.7 %.</summary>
    [Fact]
    public void Draw_GivesEveryWordTheSameChance()
    {
        AddressRange[] ranges = [new(0x1001, 0x1010), new(0x2000, 0x2017), new(0x3000, 0x3028)];
        var words = new WordChoice(ranges);
        var random = new SeededRandom(1);
        var counts = new Dictionary<ulong, int>();
        for (int i = 0; i < 80_000; i++)
        {
            ulong word = words.Draw(random);
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        Assert.Equal(8ul, words.NrWords);
        Assert.Equal<ulong>([0x1008, 0x2000, 0x2008, 0x3000, 0x3008, 0x3010, 0x3018, 0x3020], counts.Keys.Order());
        Assert.All(counts.Values, static count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Ranges_WithoutAWord_AreRefused() => Assert.Throws<ArgumentOutOfRangeException>(static () => new WordChoice([new(0x1001, 0x1007)]));

    [Theory]
    [InlineData(0x0ff8, 8, false)]
    [InlineData(0x0ff9, 8, true)]
    [InlineData(0x1fff, 1, true)]
    [InlineData(0x2000, 8, false)]
    public void Touches_TakesAccessesThatReachIn(ulong address, ulong bytes, bool touches) =>
        Assert.Equal(touches, new WordChoice([new(0x1000, 0x2000)]).Touches(address, bytes));
}
