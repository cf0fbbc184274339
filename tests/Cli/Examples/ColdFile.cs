using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Cli.Tests.Examples;

/// <summary>A process that has read a file of 32 MiB through a mapping, and does nothing more.</summary>
internal sealed class ColdFile : IDisposable
{
    internal const ulong Bytes = 32 << 20;

    private const string Program =
        "import mmap,sys,time\nf=open(sys.argv[1],'rb')\nm=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ)\nsum(m[::4096])\nprint('ready',flush=True)\ntime.sleep(300)";

    private readonly Process _process;
    private readonly string _file;

    private ColdFile(Process process, string file)
    {
        _process = process;
        _file = file;
    }

    internal int Pid => _process.Id;

    internal ulong ResidentBytes => ulong.Parse(
        File.ReadLines($"/proc/{Pid}/smaps").SkipWhile(line => !line.EndsWith(Path.GetFileName(_file), StringComparison.Ordinal))
            .First(line => line.StartsWith("Rss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;

    internal static ColdFile Start()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");

        // Not in TMPDIR, which may be memory itself.
        string file = Path.Combine(Repository.Root, "artifacts", $"cold-{Guid.NewGuid():N}");
        using (var stream = new FileStream(file, FileMode.CreateNew))
        {
            stream.Write(new byte[Bytes]);
            stream.Flush(flushToDisk: true);
        }

        Process process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Program, file]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return new ColdFile(process, file);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_file);
    }
}
