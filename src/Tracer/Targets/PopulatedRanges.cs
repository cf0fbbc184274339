using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Where a process has memory, by PAGEMAP_SCAN: present pages, the zero page left out. That is what Rss of smaps counts, plus hugetlb pages
/// and the memory of devices. Costs 10 ns a page; a reserved terabyte costs what its populated part costs.
/// </summary>
internal sealed class PopulatedRanges(TargetProcess target)
{
    /// <summary>Ranges at most. Beyond that the smallest gaps are closed, and then count as populated.</summary>
    internal const int MaxRanges = 65_536;

    // One part in so many of the time may go into scanning.
    private const long ShareOfTime = 100;

    // 2.6 ms of the target's mmap lock, held for reading.
    private const ulong PagesPerCall = 262_144;

    private readonly PagemapScan.Range[] _batch = new PagemapScan.Range[2048];
    private AddressRange[] _ranges = new AddressRange[1024];
    private ulong[] _gaps = [];
    private int _count;
    private bool _isUnsupported;
    private bool _hasScanned;
    private long _mayScanAtNs;

    /// <summary>Scans, or repeats the latest answer while a scan would cost more than its share of the time.</summary>
    /// <param name="mappings">Ascending; what lies outside is left out.</param>
    /// <param name="ranges">Emptied and filled: ascending, disjoint, touching ones joined inside a mapping.</param>
    /// <returns>False when the kernel or the process cannot be asked.</returns>
    internal bool TryRead(List<Mapping> mappings, List<AddressRange> ranges)
    {
        ranges.Clear();
        if (_isUnsupported || mappings.Count == 0)
        {
            return false;
        }

        bool isFresh = !_hasScanned || Time.GetNs(Time.CLOCK_MONOTONIC) >= _mayScanAtNs;
        if (isFresh && !Scan(mappings))
        {
            return false;
        }

        Clip(mappings, ranges);

        // All that was known is gone: another program (exec).
        if (ranges.Count == 0 && !isFresh && Scan(mappings))
        {
            Clip(mappings, ranges);
        }

        return true;
    }

    /// <summary>Closes the smallest gaps until so many ranges are left.</summary>
    internal static int CloseGaps(Span<AddressRange> ranges, int most, Span<ulong> gaps)
    {
        int toClose = ranges.Length - most;
        if (toClose <= 0)
        {
            return ranges.Length;
        }

        gaps = gaps[..(ranges.Length - 1)];
        for (int i = 0; i < gaps.Length; i++)
        {
            gaps[i] = ranges[i + 1].Start - ranges[i].End;
        }

        gaps.Sort();
        ulong largest = gaps[toClose - 1];
        int ofLargest = toClose - gaps.IndexOf(largest);
        int last = 0;
        for (int i = 1; i < ranges.Length; i++)
        {
            ulong gap = ranges[i].Start - ranges[last].End;
            if (gap < largest || (gap == largest && ofLargest-- > 0))
            {
                ranges[last] = ranges[last] with { End = ranges[i].End };
            }
            else
            {
                ranges[++last] = ranges[i];
            }
        }

        return last + 1;
    }

    private bool Scan(List<Mapping> mappings)
    {
        long beginNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);

        // Opened anew for every scan: an open one stays with the memory from before an exec.
        int pagemap = target.Proc.OpenDescriptor("pagemap", O_RDONLY);
        bool scanned = pagemap >= 0 && Scan(pagemap, mappings[0].Start, mappings[^1].End);
        if (pagemap >= 0)
        {
            Fcntl.Close(pagemap);
        }

        long costNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - beginNs;
        _mayScanAtNs = Time.GetNs(Time.CLOCK_MONOTONIC) + (costNs * ShareOfTime);
        _hasScanned |= scanned;
        return scanned;
    }

    private bool Scan(int pagemap, ulong start, ulong end)
    {
        _count = 0;
        while (start < end)
        {
            int found = PagemapScan.FindPresent(pagemap, start, end, PagemapScan.ZeroPage, PagesPerCall, _batch, out ulong walkEnd);
            if (found == -Errno.EINTR)
            {
                continue;
            }

            if (found < 0)
            {
                _isUnsupported = found is -Errno.ENOTTY or -Errno.EINVAL;
                return false;
            }

            foreach (ref readonly PagemapScan.Range range in _batch.AsSpan(0, found))
            {
                Append(range.Start, range.End);
            }

            if (walkEnd <= start)
            {
                break;
            }

            start = walkEnd;
        }

        CloseGapsBeyond(MaxRanges);
        return true;
    }

    private void Append(ulong start, ulong end)
    {
        if (_count > 0 && _ranges[_count - 1].End == start)
        {
            _ranges[_count - 1] = _ranges[_count - 1] with { End = end };
            return;
        }

        if (_count == _ranges.Length)
        {
            if (_count >= 2 * MaxRanges)
            {
                CloseGapsBeyond(MaxRanges);
            }
            else
            {
                Array.Resize(ref _ranges, Math.Min(2 * MaxRanges, 2 * _ranges.Length));
            }
        }

        _ranges[_count++] = new AddressRange(start, end);
    }

    private void CloseGapsBeyond(int most)
    {
        if (_count > most)
        {
            _gaps = _gaps.Length < _ranges.Length ? new ulong[_ranges.Length] : _gaps;
            _count = CloseGaps(_ranges.AsSpan(0, _count), most, _gaps);
        }
    }

    private void Clip(List<Mapping> mappings, List<AddressRange> ranges)
    {
        int first = 0;
        foreach (ref readonly Mapping mapping in CollectionsMarshal.AsSpan(mappings))
        {
            while (first < _count && _ranges[first].End <= mapping.Start)
            {
                first++;
            }

            for (int i = first; i < _count && _ranges[i].Start < mapping.End; i++)
            {
                ranges.Add(new AddressRange(Math.Max(_ranges[i].Start, mapping.Start), Math.Min(_ranges[i].End, mapping.End)));
            }
        }
    }
}
