using Damon.Trace.Tracer.AccessChecks.SoftDirty;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// /proc/PID/clear_refs: "1" clears the accessed bits of the whole address space, holding its mmap lock meanwhile. It does not flush the
/// TLB;
/// "4" does, and does nothing else where soft-dirty is not built in. Where it is built in, "4" would write-protect every page, so it is
/// not used.
/// </summary>
internal sealed class ClearRefsClearer : IDisposable
{
    /// <summary>The word in the labels.</summary>
    internal const string Name = "clear_refs";

    private readonly SafeFileHandle _file;

    private ClearRefsClearer(SafeFileHandle file) => _file = file;

    /// <summary>
    /// Whether "4" is a mere flush on this kernel. Without a flush an access through a cached translation stays unseen.
    /// </summary>
    internal static bool CanFlush => !SoftDirtyBits.MayBeBuiltIn;

    /// <summary>Opens the file of a process; null and the errno when refused.</summary>
    internal static ClearRefsClearer? TryOpen(int pid, out int errno)
    {
        SafeFileHandle file = Unistd.Open($"/proc/{pid}/clear_refs", Unistd.O_WRONLY, out errno);
        return errno == 0 ? new ClearRefsClearer(file) : null;
    }

    /// <summary>
    /// 0, or -errno when the target refuses. Bounded by its size: 4 to 12 ms per GB of small pages, 0.1 to 0.4 ms per GB of huge ones.
    /// No allocations.
    /// </summary>
    internal int Clear()
    {
        long result = Unistd.PWrite(_file, "1"u8, 0);
        if (result >= 0 && CanFlush)
        {
            result = Unistd.PWrite(_file, "4"u8, 0);
        }

        return (int)Math.Min(result, 0);
    }

    public void Dispose() => _file.Dispose();
}
