using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>A process with memory of one kind, which it touches when told to and never else.</summary>
internal sealed class MemoryOfKind : IDisposable
{
    private readonly Process _process;

    private MemoryOfKind(Process process, ulong start, int pages)
    {
        _process = process;
        Start = start;
        Pages = pages;
        Target = TargetProcess.Open(process.Id);
    }

    internal TargetProcess Target { get; }

    internal ulong Start { get; }

    internal int Pages { get; }

    internal ulong[] Addresses => [.. Enumerable.Range(0, Pages).Select(page => Start + ((ulong)page * TestMapping.PageSize))];

    /// <summary>Starts it; skips where the machine does not permit this kind.</summary>
    internal static MemoryOfKind Create(string kind, int pages)
    {
        string python = ForeignTool.Require("python3");
        string script = Path.Combine(AppContext.BaseDirectory, "AccessBits", "memory_kinds.py");
        string file = Path.Combine(AppContext.BaseDirectory, $"memory-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo(python, [script, kind, pages.ToString(CultureInfo.InvariantCulture), file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        string? ready = process.StandardOutput.ReadLine();
        if (ready is null)
        {
            string reason = process.StandardError.ReadToEnd().Trim();
            process.Dispose();
            Assert.SkipWhen(true, reason);
        }

        return new MemoryOfKind(process, ulong.Parse(ready!.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), pages);
    }

    /// <summary>Reads every so many pages, from the first on; they have been read when this returns.</summary>
    internal void Read(int step) => Tell($"read {step}");

    /// <summary>Reads the pages of these numbers.</summary>
    internal void ReadPages(IEnumerable<int> pages) => Tell($"pages {string.Join(',', pages)}");

    /// <summary>Forks a child that maps the same pages.</summary>
    internal void Fork() => Tell("fork");

    internal void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        Target.Dispose();
        _process.Dispose();
    }

    private void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        Assert.Equal("done", _process.StandardOutput.ReadLine());
    }
}
