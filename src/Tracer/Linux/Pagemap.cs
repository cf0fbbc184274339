using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>Documentation/admin-guide/mm/pagemap.rst: one 64-bit entry per virtual page in /proc/PID/pagemap.</summary>
internal static unsafe class Pagemap
{
    /// <summary>Page frame number of a present page; 0 without CAP_SYS_ADMIN.</summary>
    internal const ulong FrameMask = (1UL << 55) - 1;

    /// <summary>Written since the latest "4" to clear_refs; a fresh page has it wherever soft-dirty is built in.</summary>
    internal const ulong SoftDirty = 1UL << 55;

    /// <summary>Mapped once only.</summary>
    internal const ulong Exclusive = 1UL << 56;

    internal const ulong Swapped = 1UL << 62;

    internal const ulong Present = 1UL << 63;

    /// <summary>Reads the entry of one address: 8, or 0 once the address space is gone (exec, exit), or -errno.</summary>
    internal static long Read(SafeFileHandle pagemap, ulong address, out ulong entry)
    {
        ulong value = 0;
        long offset = (long)(address / (ulong)Unistd.PageSize * sizeof(ulong));
        long result = Unistd.PRead(pagemap, new Span<byte>(&value, sizeof(ulong)), offset);
        entry = value;
        return result;
    }
}
