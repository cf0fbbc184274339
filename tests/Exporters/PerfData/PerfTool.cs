using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>
/// The perf installed here: the foreign reader and the foreign writer we are held against. A distribution has one of the two widths of
/// text; a perf of the other width can be built by tools/build-perf.
/// </summary>
internal static partial class PerfTool
{
    private const string Installed = "perf";

    private static readonly string? s_version = FindVersion(Installed);

    /// <summary>Null when there is a perf.</summary>
    public static string? Missing => s_version is null ? "perf is not installed" : null;

    public static PerfCompat Compat => CompatOf(s_version!);

    /// <summary>The installed perf, or the one built from the newest kernel source; skips the test where there is none.</summary>
    public static (string Path, PerfCompat Compat) Require(bool built)
    {
        Assert.SkipWhen(!built && Missing is not null, Missing ?? "");
        string? path = built ? FindBuilt() : Installed;
        Assert.SkipWhen(path is null, "no second perf: tools/build-perf makes one of an installed kernel source");
        return (path!, CompatOf(FindVersion(path!) ?? throw new InvalidOperationException($"{path} does not tell its version")));
    }

    public static string? CannotRecord =>
        Missing ?? (File.Exists("/sys/kernel/tracing/events/damon/damon_aggregated/format") ? null
            : "the kernel's damon_aggregated cannot be listened to: no DAMON, or not root");

    public static (int ExitCode, byte[] Output, string Error) Run(byte[]? input, params string[] arguments) =>
        RunOf(Installed, input, arguments);

    public static (int ExitCode, byte[] Output, string Error) RunOf(string perf, byte[]? input, params string[] arguments)
    {
        ProcessStartInfo start = new(perf, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TZ"] = "UTC";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task feed = Task.Run(() =>
        {
            try
            {
                process.StandardInput.BaseStream.Write(input ?? []);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // perf went away early: its exit code tells.
            }
        });
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feed.Wait();
        return (process.ExitCode, output.ToArray(), error.Result);
    }

    public static string Text(params string[] arguments)
    {
        (int exitCode, byte[] output, string error) = Run(null, arguments);
        Assert.True(exitCode == 0, $"perf {string.Join(' ', arguments)}: exit code {exitCode}\n{error}");
        return Encoding.UTF8.GetString(output);
    }

    /// <summary>Fails with the first line that differs.</summary>
    public static void AssertSameText(byte[] expected, byte[] actual)
    {
        if (expected.AsSpan().SequenceEqual(actual))
        {
            return;
        }

        string[] expectedLines = Encoding.Latin1.GetString(expected).Split('\n');
        string[] actualLines = Encoding.Latin1.GetString(actual).Split('\n');
        int line = expectedLines.Zip(actualLines).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail(
            $"line {line + 1} of {expectedLines.Length}/{actualLines.Length}:\n{expectedLines.ElementAtOrDefault(line)}\n{actualLines.ElementAtOrDefault(line)}");
    }

    private static PerfCompat CompatOf(string version)
    {
        Match match = VersionNumber().Match(version);
        int major = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        int minor = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return (major, minor).CompareTo((6, 5)) < 0 ? PerfCompat.Perf64 : PerfCompat.Perf65;
    }

    /// <summary>Where tools/build-perf puts it.</summary>
    private static string? FindBuilt()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string folder = Path.Combine(
            string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache,
            "damon-trace");
        return Directory.Exists(folder)
            ? Directory.GetDirectories(folder, "perf-*").Order().Select(one => Path.Combine(one, "perf")).LastOrDefault(File.Exists)
            : null;
    }

    private static string? FindVersion(string perf)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(perf, "--version") { RedirectStandardOutput = true })!;
            string version = process.StandardOutput.ReadToEnd();
            return VersionNumber().IsMatch(version) ? version : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(\d+)\.(\d+)")]
    private static partial Regex VersionNumber();
}
