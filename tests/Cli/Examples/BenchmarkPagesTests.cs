using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.Examples;

/// <summary>Published figures say when they were measured and how to repeat it, and the README repeats them as they are.</summary>
public sealed partial class BenchmarkPagesTests
{
    public static TheoryData<string> Pages => [.. Directory.GetFiles(Folder, "*.md").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void APage_HasItsDateMachineAndScript(string page)
    {
        string text = File.ReadAllText(Path.Combine(Folder, page));

        Assert.Matches(@"\b20\d\d-\d\d-\d\d\b", text);
        Assert.Contains("CPUs", text, StringComparison.Ordinal);
        string[] scripts = [.. Script().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.True(Path.Exists(Path.Combine(Repository.Root, script)), script));
    }

    /// <summary>The README's rows are rows of the page, by their names; of its columns it has the ratio and the memory.</summary>
    [Fact]
    public void TheReadmesTable_IsThatOfThePage()
    {
        Dictionary<string, (string Ratio, string Peak)> measured = Rows(Path.Combine(Folder, "formats.md"))
            .Where(row => row.Length == 6 && !row[0].StartsWith('-')).ToDictionary(row => row[0], row => (row[2], row[5]));

        string[][] shown = [.. Rows(Path.Combine(Repository.Root, "README.md"))
            .SkipWhile(row => !row[0].StartsWith("10,000,000 events", StringComparison.Ordinal)).Skip(2).TakeWhile(row => row.Length == 3)];

        Assert.True(shown.Length > 5, "the README's table of figures is not found");
        Assert.All(shown, row => Assert.Equal(measured[row[0]], (row[1], row[2])));
    }

    private static string Folder => Path.Combine(Repository.Root, "docs", "benchmarks");

    private static IEnumerable<string[]> Rows(string path) => File.ReadLines(path)
        .Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());

    [GeneratedRegex(@"`(?:\w+=\S+ )*(tools/[\w/.-]+)")]
    private static partial Regex Script();
}
