using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/fs.h, PROCMAP_QUERY: asks /proc/PID/maps about one address, from Linux 6.11 on.</summary>
internal static unsafe class ProcMapQuery
{
    private const int PROCMAP_QUERY = unchecked((int)0xC0686611);

    /// <summary>Finds the mapping that covers an address: 0, or -ENOENT when nothing is mapped there, or another -errno.</summary>
    internal static int Find(SafeFileHandle maps, ulong address, out ulong start, out ulong end)
    {
        var query = new Query { Size = (ulong)sizeof(Query), QueryAddress = address };
        using var fd = new Descriptor(maps);
        int result = ioctl(fd, PROCMAP_QUERY, &query) < 0 ? -Errno.Last : 0;
        start = query.VmaStart;
        end = query.VmaEnd;
        return result;
    }

    /// <summary>struct procmap_query.</summary>
    internal struct Query
    {
        internal ulong Size;
        internal ulong QueryFlags;
        internal ulong QueryAddress;
        internal ulong VmaStart;
        internal ulong VmaEnd;
        internal ulong VmaFlags;
        internal ulong VmaPageSize;
        internal ulong VmaOffset;
        internal ulong Inode;
        internal uint DeviceMajor;
        internal uint DeviceMinor;
        internal uint VmaNameSize;
        internal uint BuildIdSize;
        internal ulong VmaNameAddress;
        internal ulong BuildIdAddress;
    }
}
