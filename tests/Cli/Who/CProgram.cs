using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>A program of this folder, compiled into a folder of a test's own.</summary>
internal sealed class CProgram : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Compiles it; skips the test where there is no compiler.</summary>
    internal CProgram(string name, params string[] options)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        Path = _folder.File(name);
        string source = System.IO.Path.Combine(Repository.Root, "tests", "Cli", "Who", name + ".c");
        using Process gcc = Process.Start("/usr/bin/gcc", ["-O1", "-g0", .. options, "-pthread", "-o", Path, source]);
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
    }

    internal string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
