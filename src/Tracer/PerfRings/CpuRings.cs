using System.Globalization;
using Damon.Trace.Tracer.Linux;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.PerfRings;

/// <summary>The rings of all CPUs that are online.</summary>
internal sealed class CpuRings : IDisposable
{
    private const string OnlineCpus = "/sys/devices/system/cpu/online";

    private readonly List<CpuRing> _rings;
    private readonly pollfd[] _files;

    private CpuRings(List<CpuRing> rings, int ringBytes)
    {
        _rings = rings;
        RingBytes = ringBytes;
        _files = [.. rings.Select(static ring => new pollfd { fd = ring.Fd, events = POLLIN })];
    }

    internal int Count => _rings.Count;

    internal int RingBytes { get; }

    /// <summary>The rings, to be drained one after the other.</summary>
    internal IReadOnlyList<CpuRing> Rings => _rings;

    /// <summary>
    /// Opens every event on every CPU, as its attributes say enabled or not; null and the errno when that is refused. The watermark of the
    /// attributes is replaced: a quarter of the ring.
    /// </summary>
    internal static CpuRings? Open(IReadOnlyList<PerfEvent.Attr> events, int ringBytes, out int errno)
    {
        var rings = new List<CpuRing>();
        errno = 0;
        foreach (int cpu in ParseCpuList(File.ReadAllText(OnlineCpus)))
        {
            CpuRing? ring = CpuRing.Open(cpu, events, ringBytes, out errno);
            while (ring is null && rings.Count == 0 && IsMemoryLimit(errno) && ringBytes > Unistd.PageSize)
            {
                // Without CAP_IPC_LOCK the rings count against kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK.
                ringBytes /= 2;
                ring = CpuRing.Open(cpu, events, ringBytes, out errno);
            }

            if (ring is not null)
            {
                rings.Add(ring);
            }
            else if (errno != Errno.ENODEV)
            {
                // ENODEV: the CPU has gone offline since.
                rings.ForEach(static opened => opened.Dispose());
                return null;
            }
        }

        errno = 0;
        return new CpuRings(rings, ringBytes);
    }

    internal void Enable() => _rings.ForEach(static ring => ring.Enable());

    internal void Disable() => _rings.ForEach(static ring => ring.Disable());

    /// <summary>Sleeps until a ring is a quarter full or the time is over.</summary>
    internal void Wait(int timeoutMs)
    {
        _ = Poll.Wait(_files, timeoutMs);
        foreach (ref pollfd file in _files.AsSpan())
        {
            // A CPU that went offline reports a hang-up for ever; poll skips negative files.
            file.fd = (file.revents & ~POLLIN) != 0 ? -1 : file.fd;
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
}
