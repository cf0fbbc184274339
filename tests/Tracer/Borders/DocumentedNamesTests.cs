using System.Text.RegularExpressions;

namespace Damon.Trace.Tracer.Tests.Borders;

/// <summary>The walk through the code names what is there.</summary>
public sealed partial class DocumentedNamesTests
{
    [Fact]
    public void EveryNameOfTheAlgorithmPage_IsInTheSource()
    {
        HashSet<string> words = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            words.UnionWith(Word().Matches(File.ReadAllText(file)).Select(static match => match.Value));
        }

        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "algorithm.md"));
        string[] names = [.. Name().Matches(page).SelectMany(static match => match.Groups[1].Value.Split('.')).Distinct()];
        Assert.True(names.Length > 40, $"only {names.Length} names found");
        Assert.All(names, name => Assert.Contains(name, words));
    }

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    [GeneratedRegex("`([A-Z][A-Za-z]*(?:\\.[A-Z][A-Za-z]*)?)`")]
    private static partial Regex Name();
}
