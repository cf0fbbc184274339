using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/fs.h, PAGEMAP_SCAN: asks /proc/PID/pagemap for pages of some kind and write-protects them, from Linux 6.7 on.</summary>
internal static unsafe class PagemapScan
{
    /// <summary>Not write-protected; the kernel says so of addresses without a page, too.</summary>
    internal const ulong Written = 1 << 1;
    internal const ulong File = 1 << 2;
    internal const ulong Present = 1 << 3;
    internal const ulong Swapped = 1 << 4;

    /// <summary>The zero page, small or huge: it stands for memory that is not there.</summary>
    internal const ulong ZeroPage = 1 << 5;

    /// <summary>Mapped as a huge page.</summary>
    internal const ulong Huge = 1 << 6;

    private const int PAGEMAP_SCAN = unchecked((int)0xC0606610);
    private const ulong PM_SCAN_WP_MATCHING = 1;
    private const ulong PM_SCAN_CHECK_WPASYNC = 2;

    /// <summary>
    /// The kinds of one page: 1 when it is of any of the wanted kinds, 0 when not, -EPERM when its mapping is not registered for
    /// write-protection, or another -errno. One system call, about 0.2 us.
    /// </summary>
    internal static int Read(SafeFileHandle pagemap, ulong page, ulong wanted, out ulong kinds)
    {
        Range region = default;
        var arguments = new Arguments(PM_SCAN_CHECK_WPASYNC, page, page + (ulong)Unistd.PageSize)
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

    /// <summary>
    /// Whether a page is the zero page, small or huge; false also where the kernel cannot say (before 6.7). One system call, about 0.2 us.
    /// </summary>
    internal static bool IsZeroPage(SafeFileHandle pagemap, ulong page)
    {
        Range region = default;
        var arguments = new Arguments(0, page, page + (ulong)Unistd.PageSize)
        {
            Regions = (ulong)&region,
            NrRegions = 1,
            Mask = ZeroPage,
            Return = ZeroPage,
        };
        return Scan(pagemap, &arguments) == 1;
    }

    /// <summary>Write-protects one page if it was written since it was protected before: 0 or more, or -errno.</summary>
    internal static int Protect(SafeFileHandle pagemap, ulong page)
    {
        var arguments = new Arguments(PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC, page, page + (ulong)Unistd.PageSize) { Mask = Written };
        return Scan(pagemap, &arguments);
    }

    /// <summary>
    /// Finds the ranges of present pages, ascending, touching ones joined: how many, or -errno (-ENOTTY before Linux 6.7). Bounded by the
    /// page tables that exist, 10 ns a page; holes cost next to nothing. Hugetlb pages count. No allocations.
    /// </summary>
    /// <param name="pagemap">Descriptor of a process's pagemap.</param>
    /// <param name="start">First address, page aligned.</param>
    /// <param name="end">First address after the last one.</param>
    /// <param name="excluded">Pages of any of these kinds are left out.</param>
    /// <param name="maxPages">Present pages to look at in one call at most: bounds how long the mmap lock is held. 0 for no bound.</param>
    /// <param name="ranges">Receives the ranges.</param>
    /// <param name="walkEnd">Where the kernel stopped, because of one of the bounds or at the end.</param>
    internal static int FindPresent(
        int pagemap, ulong start, ulong end, ulong excluded, ulong maxPages, Span<Range> ranges, out ulong walkEnd)
    {
        fixed (Range* first = ranges)
        {
            var arguments = new Arguments(0, start, end)
            {
                Regions = (ulong)first,
                NrRegions = (ulong)ranges.Length,
                MaxPages = maxPages,
                Inverted = excluded,
                Mask = Present | excluded,
                Return = Present,
            };
            int result = ioctl(pagemap, PAGEMAP_SCAN, &arguments);

            // With many small mappings the kernel has said that it stopped before ranges it had found: they would be found twice, out of order.
            walkEnd = result > 0 ? Math.Max(arguments.WalkEnd, first[result - 1].End) : arguments.WalkEnd;
            return result < 0 ? -Errno.Last : result;
        }
    }

    /// <summary>
    /// Ranges of pages that are present or swapped out, ascending, with all they are; as <see cref="FindPresent"/> otherwise.
    /// </summary>
    internal static int FindKinds(int pagemap, ulong start, ulong end, Span<Range> ranges, out ulong walkEnd)
    {
        fixed (Range* first = ranges)
        {
            var arguments = new Arguments(0, start, end)
            {
                Regions = (ulong)first,
                NrRegions = (ulong)ranges.Length,
                AnyOf = Present | Swapped,
                Return = Present | Swapped | File | ZeroPage | Huge,
            };
            int result = ioctl(pagemap, PAGEMAP_SCAN, &arguments);
            walkEnd = result > 0 ? Math.Max(arguments.WalkEnd, first[result - 1].End) : arguments.WalkEnd;
            return result < 0 ? -Errno.Last : result;
        }
    }

    private static int Scan(SafeFileHandle pagemap, Arguments* arguments)
    {
        using var fd = new Descriptor(pagemap);
        int result = ioctl(fd, PAGEMAP_SCAN, arguments);
        return result < 0 ? -Errno.Last : result;
    }

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

        internal Arguments(ulong flags, ulong start, ulong end)
        {
            Size = (ulong)sizeof(Arguments);
            Flags = flags;
            Start = start;
            End = end;
        }
    }

    /// <summary>struct page_region.</summary>
    internal struct Range
    {
        internal ulong Start;
        internal ulong End;
        internal ulong Kinds;
    }
}
