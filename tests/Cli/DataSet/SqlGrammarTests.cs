using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>SQL for engines that no test runs is at least their SQL, as parsers written by others say.</summary>
public sealed partial class SqlGrammarTests
{
    private static readonly string s_fleet = Path.Join(Repository.Root, "examples", "fleet", "spark-trino");

    [Theory]
    [InlineData("spark", "Spark SQL", "spark-tables.sql")]
    [InlineData("trino", "Trino", "trino-tables.sql")]
    public void Sql_IsOfTheEngine(string engine, string title, string tables)
    {
        RequireParsers();
        using var folder = new TemporaryFolder();
        string document = File.ReadAllText(Path.Join(Repository.Root, "docs", "sql.md"));
        Match block = Block().Matches(document).Single(match => match.Groups["title"].Value == title);
        File.WriteAllText(folder.File("document.sql"), block.Groups["sql"].Value);
        string[] files = [folder.File("document.sql"), Path.Join(s_fleet, tables), .. Portable()];
        Assert.True(files.Length >= 6);

        Assert.Equal("", Check(engine, files));
    }

    /// <summary>What would be said of a mistake.</summary>
    [Theory]
    [InlineData("spark")]
    [InlineData("trino")]
    public void Mistake_IsFound(string engine)
    {
        RequireParsers();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.sql"), "SELECT a\nFROM b GROUP a;\n");

        Assert.StartsWith($"{folder.File("a.sql")}:2: ", Check(engine, folder.File("a.sql")), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Portable() => Directory.GetFiles(s_fleet, "*.sql").Where(static file => !file.EndsWith("-tables.sql", StringComparison.Ordinal));

    private static string Check(string engine, params string[] files)
    {
        var start = new ProcessStartInfo("node", [Path.Join(Repository.Root, "tests", "foreign-readers", "sql-grammar.mjs"), engine, .. files])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = Process.Start(start)!;
        Task<string> error = node.StandardError.ReadToEndAsync();
        string mistakes = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == (mistakes.Length > 0 ? 1 : 0), error.Result);
        return mistakes;
    }

    private static void RequireParsers() => Assert.SkipUnless(
        Directory.Exists(Path.Join(Repository.Root, "tests", "foreign-readers", "node_modules", "dt-sql-parser")), "run: npm ci --prefix tests/foreign-readers");

    [GeneratedRegex(@"```sql\n-- (?<title>[^\n]+)\n(?<sql>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
