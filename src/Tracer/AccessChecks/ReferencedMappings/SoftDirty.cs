using System.Buffers.Binary;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

/// <summary>Soft-dirty bits (Documentation/admin-guide/mm/soft-dirty.rst): whether this kernel has them.</summary>
internal static unsafe class SoftDirty
{
    private const int SoftDirtyBit = 55;
    private const int EntrySize = sizeof(ulong);

    /// <summary>False only when it is sure that there are none: a page just written would have its bit set.</summary>
    internal static bool MayBeBuiltIn()
    {
        nuint pageSize = (nuint)Unistd.PageSize;
        byte* page = (byte*)SysMman.Map(
            pageSize, SysMman.PROT_READ | SysMman.PROT_WRITE, SysMman.MAP_PRIVATE | SysMman.MAP_ANONYMOUS, file: null, out int errno);
        if (page is null)
        {
            return true;
        }

        try
        {
            Volatile.Write(ref *page, 1);
            using SafeFileHandle pagemap = Unistd.Open("/proc/self/pagemap", Unistd.O_RDONLY, out errno);
            Span<byte> entry = stackalloc byte[EntrySize];
            if (errno != 0 || Unistd.PRead(pagemap, entry, (long)((ulong)page / pageSize) * EntrySize) != EntrySize)
            {
                return true;
            }

            return (BinaryPrimitives.ReadUInt64LittleEndian(entry) & (1ul << SoftDirtyBit)) != 0;
        }
        finally
        {
            _ = SysMman.Unmap(page, pageSize);
        }
    }
}
