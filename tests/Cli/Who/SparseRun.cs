using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>A process with 16 MB in huge pages, of each of which it accesses 26 of the 512 small pages: 5.1 %.</summary>
internal sealed class SparseRun : IDisposable
{
    internal const double TouchedShare = 26 / 512.0;
    internal const int HugePages = 8;

    private readonly CProgram _program = new("sparse");
    private readonly Process _process;

    /// <summary>Skips the test where the kernel gives it no huge pages.</summary>
    internal SparseRun()
    {
        _process = Process.Start(new ProcessStartInfo(_program.Path, ["16", "26"]) { RedirectStandardOutput = true })!;
        string[] words = _process.StandardOutput.ReadLine()!.Split(' ');
        Range = words[1];
        if (words[2] != "16384")
        {
            Dispose();
            Assert.Skip($"of 16 MB, {words[2]} kB are in huge pages: none are free, or transparent_hugepage is never");
        }
    }

    internal int Pid => _process.Id;

    /// <summary>As --address-range takes it.</summary>
    internal string Range { get; }

    internal void AssertAllIsHuge() => Assert.Contains(
        "AnonHugePages:     16384 kB", File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}/smaps")), StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _program.Dispose();
    }
}
