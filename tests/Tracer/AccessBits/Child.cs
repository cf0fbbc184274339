using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>A small process to be watched; killed at the latest when the test ends.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private TargetProcess? _target;

    private Child(Process process) => _process = process;

    internal int Pid => _process.Id;

    /// <summary>A process that waits.</summary>
    internal static Child Sleep() => Start("sleep", "60");

    /// <summary>A shell that becomes another program as soon as it reads a line.</summary>
    internal static Child ExecOnLine() => Start("/bin/sh", "-c", "read line; exec sleep 60");

    /// <summary>The process as a target; closed with the child.</summary>
    internal TargetProcess Open() => _target ??= TargetProcess.Open(Pid);

    internal void SendLine()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
    }

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    internal string Name() => File.ReadAllText($"/proc/{Pid}/comm").Trim();

    /// <summary>All page addresses of a mapping whose line ends in a name.</summary>
    internal ulong[] PagesOf(string mapping)
    {
        string line = File.ReadLines($"/proc/{Pid}/maps").First(l => l.EndsWith(mapping, StringComparison.Ordinal));
        ulong[] bounds = [.. line.Split(' ')[0].Split('-')
            .Select(static bound => ulong.Parse(bound, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        return [.. Enumerable.Range(0, (int)((bounds[1] - bounds[0]) / TestMapping.PageSize))
            .Select(page => bounds[0] + ((ulong)page * TestMapping.PageSize))];
    }

    /// <summary>Waits for something to become true; fails the test when it does not.</summary>
    internal static void WaitUntil(Func<bool> condition)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(20), "waited in vain");
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _target?.Dispose();
        _process.Dispose();
    }

    private static Child Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
        var child = new Child(Process.Start(start)!);
        string name = Path.GetFileName(program);
        WaitUntil(() => child.Name() == name
            && File.ReadLines($"/proc/{child.Pid}/maps").Any(static line => line.EndsWith("[stack]", StringComparison.Ordinal)));
        return child;
    }
}
