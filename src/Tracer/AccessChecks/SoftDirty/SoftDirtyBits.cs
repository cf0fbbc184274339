using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.SoftDirty;

/// <summary>Soft-dirty bits (Documentation/admin-guide/mm/soft-dirty.rst): whether this kernel has them.</summary>
internal static class SoftDirtyBits
{
    private static readonly Lazy<bool> s_mayBeBuiltIn = new(Look);

    /// <summary>
    /// False only when it is sure that there are none: a page just written would have its bit set. When in doubt it is true: a missing
    /// flush is a label, a write-protected target is damage.
    /// </summary>
    internal static bool MayBeBuiltIn => s_mayBeBuiltIn.Value;

    private static bool Look()
    {
        using var scratch = new ScratchMapping(1);
        scratch[0] = 1;
        using SafeFileHandle pagemap = Unistd.Open("/proc/self/pagemap", O_RDONLY, out int errno);
        return errno != 0 || Pagemap.Read(pagemap, scratch.Address, out ulong entry) != sizeof(ulong) || (entry & Pagemap.SoftDirty) != 0;
    }
}
