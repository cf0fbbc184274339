using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>A Python program in a process group of its own, which ends with it: its children too.</summary>
internal sealed class Python : IDisposable
{
    private readonly Process _process;

    private Python(Process process) => _process = process;

    internal int Pid => _process.Id;

    /// <summary>Starts it and waits for its first line; skips where there is no Python.</summary>
    internal static Python Start(string program)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3") || File.Exists("/usr/local/bin/python3"), "python3 is not installed");
        var start = new ProcessStartInfo("python3", ["-c", program]) { RedirectStandardOutput = true };
        var python = new Python(Process.Start(start)!);
        Assert.Equal("ready", python._process.StandardOutput.ReadLine());
        return python;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
