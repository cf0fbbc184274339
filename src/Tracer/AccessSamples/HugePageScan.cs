using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>
/// Finds memory that is mapped by transparent huge pages, by PAGEMAP_SCAN of Linux 6.7 and later. 10 ns for each small page beside them, a
/// hundredth of that for each huge one; the mmap lock of the target is held for some ranges at a time. For one thread.
/// </summary>
public sealed class HugePageScan : IDisposable
{
    private const int RangesAtATime = 256;

    private readonly SafeFileHandle _pagemap;
    private readonly PagemapScan.Range[] _found = new PagemapScan.Range[RangesAtATime];

    /// <param name="target">Stays the caller's.</param>
    public HugePageScan(TargetProcess target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _pagemap = target.Proc.OpenFile("pagemap", O_RDONLY, out _);
    }

    /// <summary>Anonymous memory mapped by huge pages.</summary>
    /// <param name="ranges">Where to look: ascending and disjoint.</param>
    /// <param name="huge">Receives it, ascending, neighbours joined.</param>
    /// <returns>False where the kernel cannot be asked: what is huge is not known then.</returns>
    public bool TryRead(IEnumerable<AddressRange> ranges, List<AddressRange> huge)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(huge);
        huge.Clear();
        if (_pagemap.IsInvalid)
        {
            return false;
        }

        ulong page = (ulong)Unistd.PageSize;
        foreach (AddressRange range in ranges)
        {
            ulong end = (range.End + page - 1) / page * page;
            for (ulong at = range.Start / page * page; at < end;)
            {
                int count = PagemapScan.FindKinds((int)_pagemap.DangerousGetHandle(), at, end, _found, out ulong walkEnd);
                if (count < 0)
                {
                    return false;
                }

                foreach (PagemapScan.Range found in _found.AsSpan(0, count))
                {
                    Add(found, huge);
                }

                if (walkEnd <= at)
                {
                    break;
                }

                at = walkEnd;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _pagemap.Dispose();

    private static void Add(in PagemapScan.Range found, List<AddressRange> huge)
    {
        const ulong Wanted = PagemapScan.Huge | PagemapScan.Present;
        if ((found.Kinds & (Wanted | PagemapScan.File | PagemapScan.ZeroPage)) != Wanted)
        {
            return;
        }

        if (huge.Count > 0 && huge[^1].End == found.Start)
        {
            huge[^1] = new AddressRange(huge[^1].Start, found.End);
        }
        else
        {
            huge.Add(new AddressRange(found.Start, found.End));
        }
    }
}
