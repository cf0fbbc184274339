using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// What of a range can be acted on: pieces of mappings, never across a hole or a page that is refused, and how many bytes of them hold memory.
/// Costs a PAGEMAP_SCAN of the range, 10 ns a page.
/// </summary>
internal sealed class ActionPlan
{
    /// <summary>Bytes of a huge page.</summary>
    internal const ulong HugePage = 2 << 20;

    // Small enough that the target's mmap lock and the pages' locks are held for a fraction of a millisecond at a time.
    private const ulong MaxPiece = 4 << 20;

    // A huge page costs 2 MiB whatever is in it: of less than an eighth it would be waste.
    private const ulong LeastPresentOfBlock = 64 * 4096;

    private readonly PagemapScan.Range[] _scanned = new PagemapScan.Range[1024];
    private readonly ulong[] _pages = new ulong[PageFacts.MaxPages];
    private readonly ulong[] _sizes = new ulong[PageFacts.MaxPages];
    private readonly ulong[] _refused = new ulong[Enum.GetValues<SchemeRefusal>().Length];
    private readonly List<AddressRange> _pieces = [];
    private readonly PageFacts _facts;
    private PageRules? _rules;
    private ulong _limit;
    private bool _isOpen;

    /// <param name="facts">Is asked where a verdict depends on single pages.</param>
    internal ActionPlan(PageFacts facts) => _facts = facts;

    /// <summary>What to act on, ascending; of <see cref="SchemeAction.Demote"/> whole huge pages.</summary>
    internal IReadOnlyList<AddressRange> Pieces => _pieces;

    /// <summary>Bytes of them that hold memory, or that shall.</summary>
    internal ulong Bytes { get; private set; }

    /// <summary>Up to where the limit reached.</summary>
    internal ulong End { get; private set; }

    /// <summary>Bytes that the filters let pass.</summary>
    internal ulong FilterPassed { get; private set; }

    /// <summary>Bytes that are not acted on, by <see cref="SchemeRefusal"/>.</summary>
    internal ReadOnlySpan<ulong> Refused => _refused;

    internal void Make(PageRules rules, int pagemap, IReadOnlyList<Mapping> mappings, AddressRange range, ulong limit)
    {
        _rules = rules;
        _limit = limit;
        _pieces.Clear();
        Array.Clear(_refused);
        Bytes = FilterPassed = 0;
        End = range.End;
        ulong at = range.Start;
        for (int i = FirstEndingAfter(mappings, range.Start); i < mappings.Count && mappings[i].Start < End; i++)
        {
            Mapping mapping = mappings[i];
            ulong start = Math.Max(mapping.Start, range.Start);
            Refuse(SchemeRefusal.Hole, start - at);
            at = Math.Min(mapping.End, range.End);
            _isOpen = false;
            if (rules.ActsOnBlocks)
            {
                AddBlocks(mapping, pagemap, start, at, range.Start);
            }
            else
            {
                AddPages(mapping, pagemap, start, at);
            }
        }

        if (End == range.End)
        {
            Refuse(SchemeRefusal.Hole, range.End - at);
        }
    }

    /// <summary>Bytes of memory in a range, the zero page left out.</summary>
    internal ulong Present(int pagemap, ulong start, ulong end)
    {
        ulong bytes = 0;
        while (start < end && Scan(pagemap, ref start, end, out int found))
        {
            foreach (ref readonly PagemapScan.Range range in _scanned.AsSpan(0, found))
            {
                bytes += (range.Kinds & (PagemapScan.Present | PagemapScan.ZeroPage)) == PagemapScan.Present ? range.End - range.Start : 0;
            }
        }

        return bytes;
    }

    /// <summary>Bytes in huge pages of a range.</summary>
    internal ulong Huge(int pagemap, ulong start, ulong end)
    {
        ulong bytes = 0;
        while (start < end && Scan(pagemap, ref start, end, out int found))
        {
            foreach (ref readonly PagemapScan.Range range in _scanned.AsSpan(0, found))
            {
                bytes += (range.Kinds & PagemapScan.Huge) != 0 ? range.End - range.Start : 0;
            }
        }

        return bytes;
    }

    private void AddPages(in Mapping mapping, int pagemap, ulong start, ulong end)
    {
        ulong known = start;
        while (start < end && known < End && Scan(pagemap, ref start, end, out int found))
        {
            for (int i = 0; i < found && known < End; i++)
            {
                PagemapScan.Range range = _scanned[i];
                Take(mapping, known, range.Start, 0);
                if (_rules!.DependsOnPages(mapping, range.Kinds))
                {
                    TakeByPage(mapping, range.Start, range.End, range.Kinds);
                }
                else
                {
                    Take(mapping, range.Start, range.End, range.Kinds);
                }

                known = range.End;
            }
        }

        Take(mapping, known, end, 0);
    }

    /// <summary>Pages of which the scan says the same and which differ all the same; some are asked at a time, and none beyond the limit's reach.</summary>
    private void TakeByPage(in Mapping mapping, ulong start, ulong end, ulong kinds)
    {
        while (start < end && start < End)
        {
            int count = ListPages(ref start, end, kinds);
            ReadOnlySpan<ulong> facts = _facts.Of(_pages.AsSpan(0, count), _sizes.AsSpan(0, count));
            for (int first = 0, i = 1; i <= count; i++)
            {
                if (i == count || facts[i] != facts[first])
                {
                    Take(mapping, _pages[first], _pages[i - 1] + _sizes[i - 1], kinds | facts[first]);
                    first = i;
                }
            }
        }
    }

    /// <summary>The next pages of a range and their sizes; a huge page is one, also a part of it.</summary>
    private int ListPages(ref ulong start, ulong end, ulong kinds)
    {
        ulong size = (kinds & PagemapScan.Huge) != 0 ? HugePage : (ulong)Unistd.PageSize;
        int count = 0;
        for (; start < end && count < _pages.Length; count++)
        {
            ulong next = Math.Min(end, (start & ~(size - 1)) + size);
            (_pages[count], _sizes[count]) = (start, next - start);
            start = next;
        }

        return count;
    }

    private ulong FactsOfBlock(ulong block, ulong kinds)
    {
        ulong all = 0;
        for (ulong at = block; at < block + HugePage;)
        {
            int count = ListPages(ref at, block + HugePage, kinds);
            foreach (ulong facts in _facts.Of(_pages.AsSpan(0, count), _sizes.AsSpan(0, count)))
            {
                all |= facts;
            }
        }

        return all;
    }

    private void Take(in Mapping mapping, ulong start, ulong end, ulong kinds)
    {
        if (start >= end || start >= End)
        {
            return;
        }

        ulong size = end - start;
        switch (_rules!.Judge(mapping, kinds, out SchemeRefusal refusal))
        {
            case PageVerdict.Act:
                Add(start, end);
                break;
            case PageVerdict.Refuse:
                FilterPassed += refusal == SchemeRefusal.Filtered ? 0 : size;
                Refuse(refusal, size);
                _isOpen = false;
                break;
            default:
                break; // nothing there, and nothing lost when the action passes over it
        }
    }

    private void Add(ulong start, ulong end)
    {
        if (Bytes + (end - start) > _limit)
        {
            end = start + (_limit - Bytes);
            End = end;
        }

        Bytes += end - start;
        FilterPassed += end - start;
        while (start < end)
        {
            if (_isOpen && end - _pieces[^1].Start <= MaxPiece)
            {
                _pieces[^1] = _pieces[^1] with { End = end };
                return;
            }

            ulong next = Math.Min(end, start + MaxPiece);
            _pieces.Add(new AddressRange(start, next));
            _isOpen = true;
            start = next;
        }
    }

    /// <summary>Whole huge pages only, those inside both the mapping and the region.</summary>
    private void AddBlocks(in Mapping mapping, int pagemap, ulong start, ulong end, ulong rangeStart)
    {
        ulong block = (start + HugePage - 1) & ~(HugePage - 1);
        ulong last = end & ~(HugePage - 1);
        if (block >= last)
        {
            return;
        }

        ulong present = 0;
        ulong huge = 0;
        ulong kinds = 0;
        ulong at = block;
        while (at < last && Scan(pagemap, ref at, last, out int found))
        {
            for (int i = 0; i < found; i++)
            {
                PagemapScan.Range range = _scanned[i];
                while (range.Start < range.End)
                {
                    while (range.Start >= block + HugePage)
                    {
                        EndBlock(mapping, block, present, huge, kinds, rangeStart);
                        block += HugePage;
                        present = huge = kinds = 0;
                    }

                    ulong part = Math.Min(range.End, block + HugePage) - range.Start;
                    present += (range.Kinds & (PagemapScan.Present | PagemapScan.ZeroPage)) == PagemapScan.Present ? part : 0;
                    huge += (range.Kinds & PagemapScan.Huge) != 0 ? part : 0;
                    kinds |= range.Kinds;
                    range.Start += part;
                }
            }
        }

        EndBlock(mapping, block, present, huge, kinds, rangeStart);
    }

    private void EndBlock(in Mapping mapping, ulong block, ulong present, ulong huge, ulong kinds, ulong rangeStart)
    {
        bool isHuge = huge == HugePage;
        bool isWanted = _rules!.Action == SchemeAction.Collapse ? !isHuge && present >= LeastPresentOfBlock : isHuge;
        if (!isWanted || block >= End)
        {
            return;
        }

        if (_rules.DependsOnPages(mapping, kinds))
        {
            kinds |= FactsOfBlock(block, isHuge ? kinds : 0);
        }

        if (_rules.Judge(mapping, kinds, out SchemeRefusal refusal) != PageVerdict.Act)
        {
            FilterPassed += refusal == SchemeRefusal.Filtered ? 0 : HugePage;
            Refuse(refusal, HugePage);
            return;
        }

        if (Bytes + HugePage > _limit)
        {
            End = Math.Max(block, rangeStart + 4096); // a quota below one huge page allows none
            return;
        }

        _pieces.Add(new AddressRange(block, block + HugePage));
        Bytes += HugePage;
        FilterPassed += HugePage;
    }

    private void Refuse(SchemeRefusal refusal, ulong bytes) => _refused[(int)refusal] += bytes;

    private bool Scan(int pagemap, ref ulong start, ulong end, out int found)
    {
        found = PagemapScan.FindKinds(pagemap, start, end, _scanned, out ulong walkEnd);
        if (found == -Errno.EINTR)
        {
            found = 0;
            return true;
        }

        bool isDone = found < 0 || walkEnd <= start;
        start = isDone ? end : walkEnd;
        found = Math.Max(0, found);
        return !isDone || found > 0;
    }

    /// <summary>Binary search: there may be ten thousands of mappings, and as many regions.</summary>
    private static int FirstEndingAfter(IReadOnlyList<Mapping> mappings, ulong address)
    {
        int low = 0;
        int high = mappings.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = mappings[middle].End <= address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
