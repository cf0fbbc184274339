using System.Diagnostics;
using Damon.Trace.Cli.Tests.DataSet;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>The SQL of examples/fleet on the data set it makes itself, whose answers are known.</summary>
public sealed class FleetTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Questions_HaveTheKnownAnswers()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("dataset"));
        Directory.CreateDirectory(folder.File("compacted"));
        Assert.Equal("69120", Run(folder, "generate.sql")[0]["rows"]);

        List<Dictionary<string, string>> cold = Run(folder, "tables.sql", "cold-per-service.sql");
        Assert.Equal(["redis-server", "postgres", "nginx"], cold.Select(static row => row["service"]));
        Assert.Equal([$"{275 * GiB}", $"{80 * GiB}", "0"], cold.Select(static row => row["cold_10min_bytes"]));
        Assert.Equal("25.0", cold[1]["cold_10min_percent"]);

        List<Dictionary<string, string>> shrink = Run(folder, "tables.sql", "top-to-shrink.sql");
        Assert.Equal([$"{250 * GiB}", $"{80 * GiB}", "0"], shrink.Select(static row => row["could_go_bytes"]));

        Dictionary<string, string> changed = Assert.Single(Run(folder, "tables.sql", "working-set-regressions.sql"));
        Assert.Equal(("redis-server", "50.0", "100"), (changed["service"], changed["change_percent"], changed["hosts_that_changed"]));

        Assert.Equal("34560", Run(folder, "compact.sql")[0]["rows"]);
        Assert.Equal(100, Directory.GetFiles(folder.File("compacted/idle"), "*.parquet", SearchOption.AllDirectories).Length);
    }

    /// <summary>The same questions in the words of ClickHouse, asked of three shards: the same answers.</summary>
    [Fact]
    public void ClickHouse_HasTheKnownAnswers()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        using var servers = ClickHouse.StartOrSkip();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("dataset"));
        _ = Run(folder, "generate.sql");
        _ = Run(folder, "clickhouse/load.sql");
        servers.RunOnEach(Sql("tables.sql"));
        servers.Insert("targets", folder.File("targets.csv"));
        servers.Insert("idle", folder.File("idle.csv"));

        // Whoever takes the rows passes those of other shards on a little later.
        Assert.True(SpinWait.SpinUntil(() => servers.Query("SELECT count() FROM idle")[0][0] == "69120" && servers.Query("SELECT count() FROM targets")[0][0] == "480", TimeSpan.FromMinutes(1)));
        Assert.All(servers.CountOnEach("idle_local"), static rows => Assert.True(rows > 10_000));
        Assert.Equal(
            [("redis-server", $"{275 * GiB}", "68.8"), ("postgres", $"{80 * GiB}", "25"), ("nginx", "0", "0")],
            servers.Query(Sql("cold-per-service.sql")).Select(static row => (row[0], row[5], row[6])));
        Assert.Equal([$"{250 * GiB}", $"{80 * GiB}", "0"], servers.Query(Sql("top-to-shrink.sql")).Select(static row => row[4]));
        string[] changed = Assert.Single(servers.Query(Sql("working-set-regressions.sql")));
        Assert.Equal(("redis-server", "50", "100"), (changed[0], changed[4], changed[5]));

        static string Sql(string file) => File.ReadAllText(Path.Combine(Repository.Root, "examples", "fleet", "clickhouse", file));
    }

    /// <summary>
    /// Spark and Trino are not run. Their queries use what both and DuckDB have in common, but for the name of one function: so DuckDB runs them, and the
    /// grammars of both, written by others, read them (<see cref="SqlGrammarTests"/>).
    /// </summary>
    [Fact]
    public void QuestionsForSparkAndTrino_HaveTheKnownAnswersInDuckDb()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("dataset"));
        _ = Run(folder, "generate.sql");

        Assert.Equal(
            [("redis-server", $"{275 * GiB}", "68.8"), ("postgres", $"{80 * GiB}", "25.0"), ("nginx", "0", "0.0")],
            Ask("cold-per-service.sql").Select(static row => (row["service"], row["cold_10min_bytes"], row["cold_10min_percent"])));
        Assert.Equal([$"{250 * GiB}", $"{80 * GiB}", "0"], Ask("top-to-shrink.sql").Select(static row => row["could_go_bytes"]));
        Dictionary<string, string> changed = Assert.Single(Ask("working-set-regressions.sql"));
        Assert.Equal(("redis-server", "50.0", "100"), (changed["service"], changed["change_percent"], changed["hosts_that_changed"]));

        List<Dictionary<string, string>> Ask(string file) => Run(
            folder, "CREATE MACRO approx_percentile(x, p) AS quantile_disc(x, p);\n", "tables.sql", "spark-trino/services.sql", $"spark-trino/{file}");
    }

    /// <summary>Runs files one after the other; what is no name of one is SQL itself.</summary>
    private static List<Dictionary<string, string>> Run(TemporaryFolder folder, params string[] files)
    {
        string result = folder.File("result.csv");
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tools", "notebooks", "duckdb.mjs"), result])
        {
            WorkingDirectory = Path.GetDirectoryName(result),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = Process.Start(start)!;
        Task<string> output = node.StandardOutput.ReadToEndAsync();
        Task<string> error = node.StandardError.ReadToEndAsync();
        foreach (string file in files)
        {
            node.StandardInput.Write(file.EndsWith('\n') ? file : File.ReadAllText(Path.Combine(Repository.Root, "examples", "fleet", file)) + "\n");
        }

        node.StandardInput.Close();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, $"{string.Join(' ', files)}: {error.Result}");
        Assert.NotEmpty(output.Result);
        string[][] lines = [.. File.ReadAllLines(result).Select(static line => line.Split(','))];
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(static pair => pair.First, static pair => pair.Second))];
    }
}
