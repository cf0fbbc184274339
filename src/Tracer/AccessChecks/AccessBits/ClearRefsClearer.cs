using Damon.Trace.Tracer.AccessChecks.SoftDirty;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// /proc/PID/clear_refs: "1" clears the accessed bits of the whole address space, holding its mmap lock meanwhile: those of shared and
/// locked pages, too, but not of hugetlb and of what the kernel keeps no count of. It does not flush the TLB; "4" does, and does nothing
/// else where soft-dirty is not built in. Where it is built in, "4" would write-protect every page, so it is not used.
/// </summary>
internal sealed class ClearRefsClearer(TargetProcess process)
{
    /// <summary>The word in the labels.</summary>
    internal const string Name = "clear_refs";

    /// <summary>
    /// Whether "4" is a mere flush on this kernel. Without a flush an access through a cached translation stays unseen.
    /// </summary>
    internal static bool CanFlush => !SoftDirtyBits.MayBeBuiltIn;

    /// <summary>Whether the file of a process may be written; nothing is written.</summary>
    internal static bool MayWrite(TargetProcess process) => process.Proc.TryOpen("clear_refs", O_WRONLY) == 0;

    /// <summary>
    /// 0, or -errno when the target refuses. Bounded by its size: 4 to 35 ms per GB of small pages, 0.1 to 0.4 ms per GB of huge ones.
    /// The file is looked up anew in the process's open directory: nobody who gets the same pid later is ever written to. No allocations.
    /// </summary>
    /// <param name="filesOnly">"3" instead of "1": file mappings, shared memory included.</param>
    internal int Clear(bool filesOnly = false)
    {
        int result = process.Proc.Write("clear_refs", filesOnly ? "3"u8 : "1"u8);
        return result == 0 && CanFlush ? process.Proc.Write("clear_refs", "4"u8) : result;
    }
}
