using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests;

/// <summary>The perf that is installed here.</summary>
internal static partial class PerfTool
{
    /// <summary>Skips the test without perf; else the --perf-compat that prints as it does.</summary>
    internal static string RequireCompat()
    {
        Match version;
        try
        {
            using ToolProcess perf = ToolProcess.Start("perf", "--version");
            version = VersionNumber().Match(perf.Wait().Output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            version = Match.Empty;
        }

        Assert.SkipUnless(version.Success, "perf is not installed");
        return Version.Parse(version.Value) < new Version(6, 5) ? "6.4" : "6.5";
    }

    /// <summary>Runs perf to its end and returns what it printed.</summary>
    internal static string Run(params string[] arguments)
    {
        using ToolProcess perf = ToolProcess.Start("perf", arguments);
        CommandRun run = perf.Wait();
        Assert.True(run.ExitCode == 0, $"perf {string.Join(' ', arguments)}: {run.Error}");
        return run.Output;
    }

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex VersionNumber();
}
