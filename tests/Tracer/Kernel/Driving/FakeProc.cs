using System.Globalization;
using Damon.Trace.Tracer.Kernel.Driving;

namespace Damon.Trace.Tracer.Tests.Kernel.Driving;

/// <summary>A /proc of a test's own: this process, and the threads a test adds.</summary>
internal sealed class FakeProc : IDisposable
{
    private const ulong KernelThreadFlag = 0x0020_0000;

    private readonly TemporaryDirectory _files = new();

    internal FakeProc()
    {
        _files.Write("proc/sys/kernel/random/boot_id", "boot-1\n");
        Add(Environment.ProcessId, "damon-trace", startTicks: 4000, kernelThread: false);
    }

    internal KernelThreads Threads => new(_files.File("proc"));

    /// <summary>A directory that does not exist yet, for the notes of ownership.</summary>
    internal string StateDirectory => _files.File("run");

    internal void Add(int pid, string comm, ulong startTicks, bool kernelThread)
    {
        string fields = string.Join(' ', Enumerable.Range(4, 49).Select(field => field switch
        {
            9 => (kernelThread ? KernelThreadFlag : 0).ToString(CultureInfo.InvariantCulture),
            22 => startTicks.ToString(CultureInfo.InvariantCulture),
            _ => "0",
        }));
        _files.Write($"proc/{pid}/stat", $"{pid} ({comm}) S {fields}\n");
    }

    /// <summary>The machine is started again.</summary>
    internal void Reboot() => _files.Write("proc/sys/kernel/random/boot_id", "boot-2\n");

    internal void Remove(int pid) => Directory.Delete(_files.File($"proc/{pid}"), recursive: true);

    public void Dispose() => _files.Dispose();
}
