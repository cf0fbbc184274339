using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>A running target.c, or another program of this folder, compiled for this test.</summary>
internal sealed class HardTarget : IDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private HardTarget(Process process, TemporaryFolder folder)
    {
        _process = process;
        _folder = folder;
    }

    internal int Pid => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>Starts one and waits until it is what it says.</summary>
    internal static HardTarget Start(string kind, int count = 0) => Start(kind, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Starts one with an argument that is no number.</summary>
    internal static HardTarget Start(string kind, string argument)
    {
        var folder = new TemporaryFolder();
        Process process = Process.Start(new ProcessStartInfo(Compile("target", folder), [kind, argument]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return new HardTarget(process, folder);
    }

    /// <summary>Compiles a program of this folder; skips the test where there is no compiler.</summary>
    internal static string Compile(string name, TemporaryFolder folder)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        string program = folder.File(name);
        using Process gcc = Process.Start(
            "/usr/bin/gcc", ["-O1", "-pthread", "-o", program, Path.Combine(Repository.Root, "tests", "Cli", "Faults", name + ".c")]);
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
        return program;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
