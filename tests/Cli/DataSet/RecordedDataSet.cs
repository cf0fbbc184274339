using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>One real recording of a workload with known truth, exported as a data set; shared by all tests of this room.</summary>
public sealed partial class RecordedDataSet : IDisposable
{
    /// <summary>Snapshots in which the ten initial regions adapt; the notebook leaves out as many.</summary>
    internal const int AdaptationSnapshots = 10;

    private readonly TemporaryFolder _folder = new();
    private readonly HostLoad _host = new();

    public RecordedDataSet()
    {
        using var exerciser = ExerciserRun.Start("--size", "256M", "--hot", "32M", "--warm", "0", "--throttle", "1ms");
        CommandRun record = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "8s", "-o", Recording);
        Truth = exerciser.Stop();
        _host.Stop();
        Assert.True(record.ExitCode == ExitCode.Ok, record.Error);
        // Twice: the second time must double nothing.
        for (int i = 0; i < 2; i++)
        {
            CommandRun export = ToolProcess.Run("export", "-i", Recording, "-o", Folder, "--partition", "host,date", "--host", "example");
            Assert.True(export.ExitCode == ExitCode.Ok, export.Error);
        }

        RecordedSnapshots all = RecordedSnapshots.Read(Recording);
        Snapshots = [.. all.Snapshots.Where(snapshot => snapshot.Complete)];
    }

    internal string Recording => _folder.File("a.nettrace");

    internal string Folder => _folder.File("dataset");

    internal ExerciserTruth Truth { get; }

    /// <summary>The complete snapshots, read without Parquet.</summary>
    internal IReadOnlyList<RecordedSnapshot> Snapshots { get; }

    public void Dispose() => _folder.Dispose();

    internal void SkipIfRecordedOnABusyMachine() => _host.SkipIfBusy();

    internal static void SkipWithoutDuckDb() => Assert.SkipUnless(
        Directory.Exists(Path.Combine(Repository.Root, "tests", "foreign-readers", "node_modules")),
        "run: npm ci --prefix tests/foreign-readers");

    /// <summary>Working set size of each complete snapshot, bytes, sorted.</summary>
    internal ulong[] SortedWorkingSets() => [.. Snapshots
        .Select(snapshot => (ulong)snapshot.Regions.Where(region => region.NrAccesses > 0).Sum(region => (long)(region.End - region.Start)))
        .Order()];

    /// <summary>damo's rule.</summary>
    internal static ulong Percentile(ulong[] sorted, int percent) => sorted[Math.Min((int)(percent / 100.0 * sorted.Length), sorted.Length - 1)];

    /// <summary>Runs a query block of docs/sql.md, found by its title, in DuckDB: one dictionary a row.</summary>
    internal List<Dictionary<string, string>> Query(string title)
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "sql.md"));
        Dictionary<string, string> blocks = DuckDbBlock().Matches(document).ToDictionary(m => m.Groups["title"].Value, m => m.Groups["sql"].Value);
        string sql = (blocks["tables"] + blocks[title]).Replace("'dataset/", $"'{Folder}/", StringComparison.Ordinal);
        string result = _folder.File("result.csv");
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tools", "notebooks", "duckdb.mjs"), result])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = Process.Start(start)!;
        Task<string> types = node.StandardOutput.ReadToEndAsync();
        Task<string> error = node.StandardError.ReadToEndAsync();
        node.StandardInput.Write(sql);
        node.StandardInput.Close();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, $"{title}: {error.Result}");
        Assert.NotEmpty(types.Result);
        string[][] lines = [.. File.ReadAllLines(result).Select(line => line.Split(','))];
        return [.. lines[1..].Select(row => lines[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    /// <summary>The titles of all DuckDB blocks of docs/sql.md.</summary>
    internal static IEnumerable<string> Titles() => DuckDbBlock()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "sql.md"))).Select(match => match.Groups["title"].Value);

    [GeneratedRegex(@"```sql\n-- DuckDB: (?<title>[^\n]+)\n(?<sql>.*?)```", RegexOptions.Singleline)]
    private static partial Regex DuckDbBlock();
}
