using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>
/// Splits some huge pages of a target for a while, sees which of their small pages are accessed meanwhile, and collapses them again. One page costs
/// 0.2 to 0.3 ms to split (MADV_COLD of a part of it), some 0.1 ms to make its 512 pages old, and 5 ms to collapse (MADV_COLLAPSE, Linux 6.1), in which
/// accesses to it wait. Should this process be killed meanwhile, the pages stay small until the kernel's khugepaged finds them. Accessed bits are
/// read, never cleared, after the beginning; monitoring clears some meanwhile, so they are to be read often. For one thread.
/// </summary>
public sealed class HugePageSplit : IDisposable
{
    private const ulong SmallBytes = 4096;
    private const int SmallPages = (int)(HugePages.Bytes / SmallBytes);
    private const int MostAtOnce = 16;
    private const int Tries = 3;
    private const int LeafOfSmallPage = 1;

    // Of a monitor that has read the page tables and acts upon them.
    private const int SettlingMs = 20;

    // Until one was split and collapsed: 6 ms on a virtual machine.
    private const double FirstCostNs = 7e6;

    private readonly TargetProcess _target;
    private readonly TargetAllowance _allowance;
    private readonly PageTableReader _reader;
    private readonly SafeFileHandle _pagemap;
    private readonly List<Page> _split = [];
    private readonly List<ulong> _ended = [];
    private readonly ulong[] _addresses = new ulong[SmallPages];
    private readonly ulong[] _leaves = new ulong[SmallPages];
    private long _beganNs;
    private long _seenNs;
    private long _nrSplit;

    private HugePageSplit(TargetProcess target, double targetShare, PageTableReader reader, SafeFileHandle pagemap)
    {
        _target = target;
        _reader = reader;
        _pagemap = pagemap;
        _allowance = new TargetAllowance(target.Pid, targetShare, keptSeconds: double.PositiveInfinity);
        _allowance.Earn(Time.GetNs(Time.CLOCK_MONOTONIC));
    }

    /// <summary>Time that the target may have waited for all of this, in nanoseconds.</summary>
    public long CostNs { get; private set; }

    /// <summary>For how long what is split now was seen, in nanoseconds; 0 when nothing is.</summary>
    public long WindowNs => _split.Count == 0 ? 0 : _seenNs - _beganNs;

    /// <summary>
    /// The target unmapped some of what is split, or the kernel made it huge again (khugepaged, by default 16 MiB in 10 s): no more can be seen of it.
    /// </summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Null, and why, where accessed bits cannot be read or huge pages of other processes cannot be collapsed.</summary>
    /// <param name="target">Stays the caller's.</param>
    /// <param name="targetShare">Share of its CPU time that the target may lose to this, greater than 0.</param>
    /// <param name="capability">Yes, or why not.</param>
    public static HugePageSplit? TryOpen(TargetProcess target, double targetShare, out Capability capability)
    {
        ArgumentNullException.ThrowIfNull(target);

        // Nothing to collapse: only whether it could be.
        long result = SysMman.ProcessAdvise(target.PidFd, [], SysMman.MADV_COLLAPSE);
        if (result < 0)
        {
            capability = Capability.No(
                $"process_madvise(MADV_COLLAPSE) says {Errno.Describe((int)-result)}", "needs Linux 6.1 or newer; run as root, or with CAP_SYS_NICE and CAP_SYS_PTRACE");
            return null;
        }

        if (PageTableReader.TryCreate(out capability) is not { } reader)
        {
            return null;
        }

        SafeFileHandle pagemap = target.Proc.OpenFile("pagemap", O_RDONLY, out int errno);
        if (errno == 0)
        {
            return new HugePageSplit(target, targetShare, reader, pagemap);
        }

        pagemap.Dispose();
        reader.Dispose();
        capability = Capability.No($"/proc/{target.Pid}/pagemap: {Errno.Describe(errno)}");
        return null;
    }

    /// <summary>
    /// Splits as many of them as the target's share allows, 16 at most, drawn at random, and makes them old; those of before are to be ended first.
    /// </summary>
    /// <param name="huge">Memory in huge pages, as <see cref="HugePageScan"/> finds it.</param>
    /// <param name="random">Decides which.</param>
    public void Begin(IReadOnlyList<AddressRange> huge, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(huge);
        ArgumentNullException.ThrowIfNull(random);
        List<ulong> pages = [.. huge.SelectMany(PagesOf)];
        _beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        _allowance.Earn(_beganNs);
        double costNs = _nrSplit == 0 ? FirstCostNs : (double)CostNs / _nrSplit;
        int count = Math.Min(MostAtOnce, (int)(_allowance.BalanceNs / costNs));
        for (int drawn = 0; drawn < count && drawn < pages.Count; drawn++)
        {
            int other = drawn + (int)(random.NextUInt64() % (ulong)(pages.Count - drawn));
            (pages[drawn], pages[other]) = (pages[other], pages[drawn]);
            if (Split(pages[drawn]))
            {
                _split.Add(new Page(pages[drawn], new LeafEntry(_leaves[0]).FrameNumber));
                _ended.Remove(pages[drawn]);
                _nrSplit++;
            }
            else
            {
                _ended.Add(pages[drawn]);
            }
        }

        CountCost(_beganNs);
        _seenNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        IsDisturbed = false;
    }

    /// <summary>Sees what was accessed since, unless it <see cref="IsDisturbed"/>; 10 us a page.</summary>
    public void Look()
    {
        CollapseAgain();
        foreach (Page page in _split)
        {
            IsDisturbed = IsDisturbed || !TryRead(page);
        }

        if (IsDisturbed)
        {
            return;
        }

        foreach (Page page in _split)
        {
            page.Take();
        }

        _seenNs = Time.GetNs(Time.CLOCK_MONOTONIC);
    }

    /// <summary>Sees what was accessed since, and collapses all.</summary>
    /// <param name="results">Receives one for each page.</param>
    /// <returns>For how long they were seen, in nanoseconds.</returns>
    public long End(List<SplitPage> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Look();
        long windowNs = WindowNs;
        if (_split.Count == 0)
        {
            return windowNs;
        }

        _ended.Clear();
        long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        foreach (Page page in _split)
        {
            _ended.Add(page.Start);
            bool isCollapsed = !IsSmall(page.Start) || Collapse(page.Start);
            results.Add(new SplitPage(page.Start, page.NrTouched, isCollapsed));
        }

        CountCost(beganNs);
        _split.Clear();
        return windowNs;
    }

    /// <summary>Collapses what is still split.</summary>
    public void Dispose()
    {
        End([]);
        if (_ended.Count > 0)
        {
            Thread.Sleep(SettlingMs);
            CollapseAgain();
        }

        _pagemap.Dispose();
        _reader.Dispose();
    }

    private static IEnumerable<ulong> PagesOf(AddressRange range)
    {
        for (ulong page = (range.Start + HugePages.Bytes - 1) / HugePages.Bytes * HugePages.Bytes; page + HugePages.Bytes <= range.End; page += HugePages.Bytes)
        {
            yield return page;
        }
    }

    /// <summary>Of a page that others map as well the kernel leaves the whole alone.</summary>
    private bool Split(ulong page)
    {
        if (SysMman.ProcessAdvise(_target.PidFd, [new SysMman.IoVector { Base = page, Length = SmallBytes }], SysMman.MADV_COLD) < 0)
        {
            return false;
        }

        return IsSmall(page)
            && SysMman.ProcessAdvise(_target.PidFd, [new SysMman.IoVector { Base = page, Length = HugePages.Bytes }], SysMman.MADV_COLD) >= 0;
    }

    /// <summary>False when it is not what was split any more. The kernel copies what it makes huge: other frames, even when it is split once more.</summary>
    private bool TryRead(Page page)
    {
        for (int i = 0; i < SmallPages; i++)
        {
            _addresses[i] = page.Start + ((ulong)i * SmallBytes);
        }

        if (_reader.Walk(_pagemap, _addresses, _leaves) != 0)
        {
            return false;
        }

        for (int i = 0; i < SmallPages; i++)
        {
            var leaf = new LeafEntry(_leaves[i]);
            if (!leaf.IsMapped || leaf.Level != LeafOfSmallPage || leaf.FrameNumber != page.FrameNumber + (ulong)i)
            {
                return false;
            }

            page.IsYoung[i] = leaf.IsYoung;
        }

        return true;
    }

    /// <summary>What monitoring made old as a small page, just when it was collapsed, it has split once more.</summary>
    private void CollapseAgain()
    {
        foreach (ulong page in _ended)
        {
            if (IsSmall(page))
            {
                long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
                Collapse(page);
                CountCost(beganNs);
            }
        }
    }

    private void CountCost(long sinceNs)
    {
        long ns = Time.GetNs(Time.CLOCK_MONOTONIC) - sinceNs;
        CostNs += ns;
        _allowance.Spend(ns);
    }

    private bool IsSmall(ulong page)
    {
        _addresses[0] = page;
        return _reader.Walk(_pagemap, _addresses.AsSpan(0, 1), _leaves) == 0 && new LeafEntry(_leaves[0]).Level == LeafOfSmallPage;
    }

    private bool Collapse(ulong page)
    {
        for (int i = 0; i < Tries; i++)
        {
            // EAGAIN where a page is being used by somebody else at this moment.
            long result = SysMman.ProcessAdvise(_target.PidFd, [new SysMman.IoVector { Base = page, Length = HugePages.Bytes }], SysMman.MADV_COLLAPSE);
            if (result == (long)HugePages.Bytes)
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Page(ulong start, ulong frameNumber)
    {
        private readonly bool[] _isTouched = new bool[SmallPages];

        public ulong Start { get; } = start;

        public ulong FrameNumber { get; } = frameNumber;

        /// <summary>What was read latest.</summary>
        public bool[] IsYoung { get; } = new bool[SmallPages];

        public int NrTouched => _isTouched.Count(static isTouched => isTouched);

        public void Take()
        {
            for (int i = 0; i < SmallPages; i++)
            {
                _isTouched[i] |= IsYoung[i];
            }
        }
    }
}

/// <summary>A huge page that was split for a while.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Touched">Of its 512 small pages, those that were accessed meanwhile.</param>
/// <param name="IsCollapsed">False when the kernel did not make it huge again.</param>
public readonly record struct SplitPage(ulong Start, int Touched, bool IsCollapsed);
