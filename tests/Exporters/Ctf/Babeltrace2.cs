using System.Diagnostics;

namespace Damon.Trace.Exporters.Tests.Ctf;

/// <summary>The reference reader of CTF, where it is installed.</summary>
internal static class Babeltrace2
{
    private static readonly string? s_missing = Find();

    /// <summary>Skips the test where it is not installed.</summary>
    internal static void Require() => Assert.SkipWhen(s_missing is not null, s_missing ?? "");

    internal static string[] Run(string trace, string clock = "--clock-cycles")
    {
        string[] lines = Run(trace, out string errors, clock);
        Assert.Equal("", errors);
        return lines;
    }

    internal static string[] Run(string trace, out string errors, string clock = "--clock-cycles")
    {
        using Process process = Start(clock, trace);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors = error.Result;
        Assert.True(process.ExitCode == 0, errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? Find()
    {
        try
        {
            using Process process = Start("--version");
            _ = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "babeltrace2 is not installed (apt-get install babeltrace2)";
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("babeltrace2", arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
