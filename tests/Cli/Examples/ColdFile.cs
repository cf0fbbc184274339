using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.Examples;

/// <summary>
/// A process that has read a file of 32 MiB through a mapping, and does nothing more: the one that docs/memory-manager.md has its readers start.
/// </summary>
internal sealed partial class ColdFile : IDisposable
{
    internal const ulong Bytes = 32 << 20;

    private readonly Process _process;
    private readonly string _folder;

    private ColdFile(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    internal int Pid => _process.Id;

    internal ulong ResidentBytes => ulong.Parse(
        File.ReadLines($"/proc/{Pid}/smaps").SkipWhile(line => !line.EndsWith("/cold", StringComparison.Ordinal))
            .FirstOrDefault(line => line.StartsWith("Rss:", StringComparison.Ordinal), "Rss: 0")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;

    internal static ColdFile Start()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");

        // Not in TMPDIR, which may be memory itself.
        string folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", $"cold-{Guid.NewGuid():N}")).FullName;
        using (var stream = new FileStream(Path.Combine(folder, "cold"), FileMode.CreateNew))
        {
            stream.Write(new byte[Bytes]);
            stream.Flush(flushToDisk: true);
        }

        string program = InGuide().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "memory-manager.md"))).Groups[1].Value;
        var started = new ColdFile(Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", program]) { WorkingDirectory = folder })!, folder);
        for (int i = 0; i < 300 && started.ResidentBytes < Bytes && !started._process.HasExited; i++)
        {
            Thread.Sleep(100);
        }

        Assert.False(started._process.HasExited, $"the guide's program has ended: {program}");
        Assert.Equal(Bytes, started.ResidentBytes);
        return started;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex("""python3 -c "(.+)" &""")]
    private static partial Regex InGuide();
}
