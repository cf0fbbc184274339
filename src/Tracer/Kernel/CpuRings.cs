using System.Globalization;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>The rings of all CPUs that are online.</summary>
internal sealed class CpuRings : IDisposable
{
    private const string OnlineCpus = "/sys/devices/system/cpu/online";

    private readonly List<CpuRing> _rings;
    private readonly Poll.PollFd[] _files;

    private CpuRings(List<CpuRing> rings, int ringBytes)
    {
        _rings = rings;
        RingBytes = ringBytes;
        _files = [.. rings.Select(static ring => new Poll.PollFd { Fd = ring.Fd, Events = Poll.POLLIN })];
    }

    internal int Count => _rings.Count;

    internal int RingBytes { get; }

    /// <summary>Opens every tracepoint on every CPU; null and the reason when that is refused.</summary>
    internal static CpuRings? Open(IReadOnlyList<KernelTracepoint> tracepoints, int ringBytes, out Capability capability)
    {
        var rings = new List<CpuRing>();
        foreach (int cpu in ParseCpuList(File.ReadAllText(OnlineCpus)))
        {
            CpuRing? ring = CpuRing.Open(cpu, tracepoints, ringBytes, out int errno);
            while (ring is null && rings.Count == 0 && IsMemoryLimit(errno) && ringBytes > Unistd.PageSize)
            {
                // Without CAP_IPC_LOCK the rings count against kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK.
                ringBytes /= 2;
                ring = CpuRing.Open(cpu, tracepoints, ringBytes, out errno);
            }

            if (ring is not null)
            {
                rings.Add(ring);
            }
            else if (errno != Errno.ENODEV)
            {
                // ENODEV: the CPU has gone offline since.
                rings.ForEach(static opened => opened.Dispose());
                capability = Refusal(errno);
                return null;
            }
        }

        capability = Capability.Yes;
        return new CpuRings(rings, ringBytes);
    }

    internal void Enable() => _rings.ForEach(static ring => ring.Enable());

    internal void Disable() => _rings.ForEach(static ring => ring.Disable());

    /// <summary>Sleeps until a ring is a quarter full or the time is over.</summary>
    internal void Wait(int timeoutMs)
    {
        _ = Poll.Wait(_files, timeoutMs);
        foreach (ref Poll.PollFd file in _files.AsSpan())
        {
            // A CPU that went offline reports a hang-up for ever; poll skips negative files.
            file.Fd = (file.ReturnedEvents & ~Poll.POLLIN) != 0 ? -1 : file.Fd;
        }
    }

    internal void Drain(KernelRelay relay, IKernelDamonObserver observer)
    {
        foreach (CpuRing ring in _rings)
        {
            var sink = new KernelRelay.Sink(relay, observer, ring.Cpu);
            ring.Drain(ref sink);
        }
    }

    public void Dispose()
    {
        _rings.ForEach(static ring => ring.Dispose());
        _rings.Clear();
    }

    /// <summary>The kernel's list format (Documentation/admin-guide/cputopology.rst): <c>0-3,8,10-11</c>.</summary>
    internal static List<int> ParseCpuList(string text)
    {
        var cpus = new List<int>();
        foreach (string part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            int last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            for (int cpu = int.Parse(ends[0], CultureInfo.InvariantCulture); cpu <= last; cpu++)
            {
                cpus.Add(cpu);
            }
        }

        return cpus;
    }

    // mmap of a ring says EPERM at the limit; perf_event_open says EACCES where the right is missing.
    private static bool IsMemoryLimit(int errno) => errno is Errno.EPERM or Errno.ENOMEM;

    private static Capability Refusal(int errno) => errno is Errno.EACCES or Errno.EPERM
        ? Capability.No(
            $"perf_event_open is refused: {Errno.Describe(errno)}", "run as root, or grant CAP_PERFMON and read access to tracefs")
        : Capability.No($"perf_event_open failed: {Errno.Describe(errno)}");
}
