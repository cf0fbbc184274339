using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Damon.Trace.Reports.Html;
using Damon.Trace.Exporters.Tests.PerfScript;

namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>A headless Chromium that uses a report as a reader would (tests/browser/look.mjs).</summary>
internal static class Browser
{
    private static readonly string s_directory = RepositoryPath.Of("tests", "browser");
    private static readonly string[] s_chromiums = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    internal static void SkipIfMissing()
    {
        Assert.SkipUnless(HtmlReport.HasCharts, "built without npm: the report has no interactive charts");
        Assert.SkipUnless(Directory.Exists(Path.Combine(s_directory, "node_modules")), "run: npm ci --prefix tests/browser");
        Assert.SkipUnless(s_chromiums.Any(File.Exists), "chromium is not installed");
    }

    /// <summary>Opens the page, uses it and returns what happened.</summary>
    /// <param name="page">File of the page.</param>
    /// <param name="folder">For the screenshots.</param>
    /// <param name="places">Addresses and seconds to hover over.</param>
    internal static JsonElement Look(string page, string folder, IEnumerable<(ulong Address, double Seconds)> places)
    {
        ProcessStartInfo start = new("node", [Path.Combine(s_directory, "look.mjs"), page, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((ulong address, double seconds) in places)
        {
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"{address:x}@{seconds}"));
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"the browser failed: {errors.GetAwaiter().GetResult()}");
        return JsonDocument.Parse(output).RootElement;
    }
}
