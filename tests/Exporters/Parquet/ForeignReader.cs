using System.Diagnostics;
using System.Text.Json;
using Damon.Trace.Exporters.Tests.PerfScript;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>Readers written by others (tests/foreign-readers): what they see in a file, exactly.</summary>
internal static class ForeignReader
{
    internal const string Hyparquet = "hyparquet";
    internal const string DuckDb = "duckdb";

    private static readonly string s_directory = RepositoryPath.Of("tests", "foreign-readers");

    internal static void SkipIfMissing() =>
        Assert.SkipUnless(Directory.Exists(Path.Combine(s_directory, "node_modules")), "run: npm ci --prefix tests/foreign-readers");

    /// <summary>What a reader prints of each file and section, in the order asked for: one array of texts per line.</summary>
    internal static List<List<string?[]>> Read(string reader, IEnumerable<string> files, params string[] sections)
    {
        ProcessStartInfo start = new("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(s_directory, "rows.mjs"));
        foreach (string file in files)
        {
            start.ArgumentList.Add(file);
        }

        foreach (string argument in (string[])["--reader", reader, "--what", string.Join(',', sections)])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        List<List<string?[]>> results = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                results.Add([]);
                continue;
            }

            if (results.Count == 0)
            {
                results.Add([]);
            }

            results[^1].Add(JsonSerializer.Deserialize<string?[]>(line)!);
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{reader} failed: {errors.GetAwaiter().GetResult()}");
        return results;
    }
}
