using System.Diagnostics;

namespace Damon.Trace.Cli.Tests;

/// <summary>A disk of a few kilobytes that a test can fill.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Skips the test where no disk can be mounted.</summary>
    internal SmallDisk(int kilobytes)
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounting a small tmpfs needs root");
        Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path);
    }

    internal string Path => _folder.Path;

    internal string File(string name) => _folder.File(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        Run("umount", _folder.Path);
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
