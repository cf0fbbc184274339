using System.Diagnostics;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests;

/// <summary>A program that a test uses as a witness: perf, bpftrace, lttng, readelf. Ended by its pid, never by name.</summary>
internal sealed class ForeignTool : IDisposable
{

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ForeignTool(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    internal bool HasExited => _process.HasExited;

    /// <summary>Full path of a program; skips the test when the machine does not have it.</summary>
    internal static string Require(string name)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed");
        return path!;
    }

    /// <summary>Skips the test unless it runs as root.</summary>
    internal static void RequireRoot(string why) => Assert.SkipUnless(Environment.IsPrivilegedProcess, $"not root: {why}");

    internal static ForeignTool Start(string program, IEnumerable<string> arguments, IDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["PAGER"] = "cat";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ForeignTool(process);
    }

    /// <summary>Runs a program to its end and returns what it wrote; fails the test when it does not succeed.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        using ForeignTool tool = Start(program, arguments);
        (int status, string output, string error) = tool.WaitForEnd();
        Assert.True(status == 0, $"{program} {string.Join(' ', arguments)} ended with {status}: {error}{output}");
        return output;
    }

    /// <summary>Asks the program to end, as a user's `kill PID` does, and waits.</summary>
    internal (int Status, string Output, string Error) Stop()
    {
        _ = kill(_process.Id, SIGTERM);
        return WaitForEnd();
    }

    internal (int Status, string Output, string Error) WaitForEnd()
    {
        bool ended = _process.WaitForExit(60_000);
        if (!ended)
        {
            _process.Kill();
            Assert.Fail($"pid {_process.Id} did not end");
        }

        return (_process.ExitCode, _output.GetAwaiter().GetResult(), _error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
