using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/fs.h, PAGEMAP_SCAN: asks /proc/PID/pagemap for pages of some kind and write-protects them, from Linux 6.7 on.</summary>
internal static unsafe partial class PagemapScan
{
    /// <summary>Not write-protected; the kernel says so of addresses without a page, too.</summary>
    internal const ulong Written = 1 << 1;
    internal const ulong Present = 1 << 3;
    internal const ulong Swapped = 1 << 4;

    private const uint PAGEMAP_SCAN = 0xC0606610;
    private const ulong PM_SCAN_WP_MATCHING = 1;
    private const ulong PM_SCAN_CHECK_WPASYNC = 2;

    /// <summary>
    /// The kinds of one page: 1 when it is of any of the wanted kinds, 0 when not, -EPERM when its mapping is not registered for
    /// write-protection, or another -errno. One system call, about 0.2 us.
    /// </summary>
    internal static int Read(SafeFileHandle pagemap, ulong page, ulong wanted, out ulong kinds)
    {
        Region region = default;
        var arguments = new Arguments(PM_SCAN_CHECK_WPASYNC, page)
        {
            Regions = (ulong)&region,
            NrRegions = 1,
            AnyOf = wanted,
            Return = wanted | Written,
        };
        int result = Scan(pagemap, &arguments);
        kinds = region.Kinds;
        return result;
    }

    /// <summary>Write-protects one page if it was written since it was protected before: 0 or more, or -errno.</summary>
    internal static int Protect(SafeFileHandle pagemap, ulong page)
    {
        var arguments = new Arguments(PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC, page) { Mask = Written };
        return Scan(pagemap, &arguments);
    }

    private static int Scan(SafeFileHandle pagemap, Arguments* arguments)
    {
        int result = ioctl(pagemap, PAGEMAP_SCAN, arguments);
        return result < 0 ? -Errno.Last : result;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle fd, nuint request, void* argument);

    /// <summary>struct pm_scan_arg, 96 bytes.</summary>
    internal struct Arguments
    {
        internal ulong Size;
        internal ulong Flags;
        internal ulong Start;
        internal ulong End;
        internal ulong WalkEnd;
        internal ulong Regions;
        internal ulong NrRegions;
        internal ulong MaxPages;
        internal ulong Inverted;
        internal ulong Mask;
        internal ulong AnyOf;
        internal ulong Return;

        internal Arguments(ulong flags, ulong page)
        {
            Size = (ulong)sizeof(Arguments);
            Flags = flags;
            Start = page;
            End = page + (ulong)Unistd.PageSize;
        }
    }

    /// <summary>struct page_region.</summary>
    private struct Region
    {
        internal ulong Start;
        internal ulong End;
        internal ulong Kinds;
    }
}
