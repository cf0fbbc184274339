using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.IdlePages;

/// <summary>Finds the page frame whose idle bit stands for an address.</summary>
internal sealed class FrameReader(SafeFileHandle kpageflags)
{
    // A hugetlb page of 1 GB; folios that are tracked are at most as large as a PMD maps.
    private const int LargestOrder = 18;

    /// <summary>
    /// Bounded by two system calls for a page of its own, about 0.4 us, and one more per order for a page of a large folio. No allocations.
    /// </summary>
    /// <param name="pagemap">Of the target.</param>
    /// <param name="address">Any address.</param>
    /// <param name="head">First frame of the folio.</param>
    internal FrameKind Find(SafeFileHandle pagemap, ulong address, out ulong head)
    {
        head = 0;
        if (Pagemap.Read(pagemap, address, out ulong entry) != sizeof(ulong) || (entry & Pagemap.Present) == 0)
        {
            return FrameKind.NotMapped;
        }

        head = entry & Pagemap.FrameMask;
        if (head == 0 || !KPageFlags.TryRead(kpageflags, head, out ulong flags)
            || ((flags & KPageFlags.CompoundTail) != 0 && !TryFindHead(ref head, out flags)))
        {
            return FrameKind.Untracked;
        }

        if ((flags & KPageFlags.ZeroPage) != 0)
        {
            return FrameKind.NotMapped;
        }

        return (flags & KPageFlags.Lru) != 0 && (flags & KPageFlags.Huge) == 0 ? FrameKind.Tracked : FrameKind.Untracked;
    }

    /// <summary>A folio of 2^n pages begins at a multiple of 2^n, so its head is one of the rounded frame numbers.</summary>
    private bool TryFindHead(ref ulong frame, out ulong flags)
    {
        flags = 0;
        ulong tail = frame;
        for (int order = 1; order <= LargestOrder; order++)
        {
            ulong candidate = tail >> order << order;
            if (candidate == frame)
            {
                continue;
            }

            frame = candidate;
            if (!KPageFlags.TryRead(kpageflags, candidate, out flags) || (flags & KPageFlags.CompoundTail) == 0)
            {
                break;
            }
        }

        return (flags & KPageFlags.CompoundHead) != 0;
    }
}
