using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests;

/// <summary>A real recording: two foreign readers see in its Parquet file, row by row, what the text says line by line.</summary>
[Trait("Category", "Linux")]
public sealed class ParquetRowsTests
{
    [Theory]
    [InlineData("hyparquet")]
    [InlineData("duckdb")]
    public void Export_ToParquetSaysWhatTheTextSays(string reader)
    {
        string readers = Path.Combine(Repository.Root, "tests", "foreign-readers");
        Assert.SkipUnless(Directory.Exists(Path.Combine(readers, "node_modules")), "run: npm ci --prefix tests/foreign-readers");
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms");
        CommandRun record = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "2s",
            "-o", folder.File("a.nettrace"), "-o", folder.File("live.parquet"));
        Assert.True(record.ExitCode == ExitCode.Ok, record.Error);
        CommandRun export = ToolProcess.Run("export", "-i", folder.File("a.nettrace"), "-o", folder.File("a.parquet"));
        Assert.True(export.ExitCode == ExitCode.Ok, export.Error);

        List<string[]> lines = [.. ToolProcess.Run("script", "--ns", "-i", folder.File("a.nettrace")).Output
            .TrimEnd('\n').Split('\n').Select(FieldsOfLine)];
        Assert.True(lines.Count > 100);
        foreach (string file in (string[])["a.parquet", "live.parquet"])
        {
            List<string[]> rows = Rows(readers, reader, folder.File(file));
            Assert.Equal(lines.Count, rows.Count);
            Assert.All(lines.Zip(rows), pair => Assert.Equal(pair.First, pair.Second));
        }
    }

    /// <summary>comm, tid, time in ns, target_id, nr_regions, start, end, nr_accesses, age.</summary>
    private static string[] FieldsOfLine(string line)
    {
        string[] words = line.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
        string[] time = words[3].TrimEnd(':').Split('.');
        long ns = (long.Parse(time[0], CultureInfo.InvariantCulture) * 1_000_000_000) + long.Parse(time[1], CultureInfo.InvariantCulture);
        string[] range = words[9].TrimEnd(':').Split('-');
        return [words[0], words[1], ns.ToString(CultureInfo.InvariantCulture), words[6], words[8], range[0], range[1], words[10], words[11]];
    }

    private static List<string[]> Rows(string readers, string reader, string file)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(readers, "rows.mjs"), file, "--reader", reader, "--what", "schema,rows"])
        {
            RedirectStandardOutput = true,
        };
        using Process node = Process.Start(start)!;
        List<string?[]> schema = [];
        List<string?[]> rows = [];
        List<string?[]> section = schema;
        while (node.StandardOutput.ReadLine() is string line)
        {
            if (line.StartsWith('#'))
            {
                section = line.Contains("rows", StringComparison.Ordinal) && !line.Contains("schema", StringComparison.Ordinal) ? rows : schema;
                continue;
            }

            section.Add(JsonSerializer.Deserialize<string?[]>(line)!);
        }

        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        string[] wanted = ["kdamond", "kdamond_tid", "monotonic_ns", "target_id", "nr_regions", "start", "end", "nr_accesses", "age"];
        int[] columns = [.. wanted.Select(name => schema.FindIndex(column => column[0] == name))];
        return [.. rows.Select(row => columns.Select(column => row[column]!).ToArray())];
    }
}
