using Damon.Trace.Reports;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>Lines that fit the terminal.</summary>
public sealed class FoldedTextTests
{
    [Theory]
    [InlineData("twenty columns, fits", "twenty columns, fits")]
    [InlineData("a sentence of more than twenty columns", "a sentence of more|    than twenty|    columns")]
    [InlineData("  12 MiB   1.0  rw-p [anon] +2 more", "  12 MiB   1.0|    rw-p [anon] +2|    more")]
    [InlineData("0x7fb313e00000-0x7fb315e06000 hot", "0x7fb313e00000-0x7fb315e06000|    hot")]
    [InlineData("/a/path/that/has/no/blank/anywhere", "/a/path/that/has/no/blank/anywhere")]
    [InlineData("", "")]
    public void Fold_BreaksBeforeTheLastColumnOrAWord(string line, string expected) =>
        Assert.Equal(expected.Split('|'), FoldedText.Fold(line, 20, 4));

    /// <summary>Whatever is folded has its words in their order, and lines that fit unless they are a single word.</summary>
    [Fact]
    public void Fold_KeepsEveryWord()
    {
        Random random = new(20261129);
        for (int i = 0; i < 2000; i++)
        {
            string line = string.Concat(Enumerable.Range(0, random.Next(0, 30)).Select(_ => new string('x', random.Next(1, 30)) + new string(' ', random.Next(1, 4))));
            string[] folded = [.. FoldedText.Fold(new string(' ', random.Next(0, 5)) + line, 40, 4)];

            Assert.Equal(Words(line), folded.SelectMany(Words));
            Assert.All(folded, part => Assert.True(part.Length <= 40 || Words(part).Length == 1, part));
        }
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
