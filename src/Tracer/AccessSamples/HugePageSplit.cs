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
    private const int SmallPages = 512;
    private const ulong SmallBytes = 4096;
    private const ulong HugeBytes = SmallPages * SmallBytes;
    private const int Tries = 3;
    private const int LeafOfSmallPage = 1;

    // Of a monitor that has read the page tables and acts upon them.
    private const int SettlingMs = 20;

    private readonly TargetProcess _target;
    private readonly PageTableReader _reader;
    private readonly SafeFileHandle _pagemap;
    private readonly List<Page> _split = [];
    private readonly List<ulong> _ended = [];
    private readonly ulong[] _addresses = new ulong[SmallPages];
    private readonly ulong[] _leaves = new ulong[SmallPages];
    private long _beganNs;

    private HugePageSplit(TargetProcess target, PageTableReader reader, SafeFileHandle pagemap)
    {
        _target = target;
        _reader = reader;
        _pagemap = pagemap;
    }

    /// <summary>Time that the target may have waited for all of this, in nanoseconds.</summary>
    public long CostNs { get; private set; }

    /// <summary>Pages that were split so far.</summary>
    public long NrSplit { get; private set; }

    /// <summary>For how long those have been split that are now, in nanoseconds.</summary>
    public long WindowNs => _split.Count == 0 ? 0 : Time.GetNs(Time.CLOCK_MONOTONIC) - _beganNs;

    /// <summary>Null, and why, where accessed bits cannot be read or huge pages of other processes cannot be collapsed.</summary>
    /// <param name="target">Stays the caller's.</param>
    /// <param name="capability">Yes, or why not.</param>
    public static HugePageSplit? TryOpen(TargetProcess target, out Capability capability)
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
            return new HugePageSplit(target, reader, pagemap);
        }

        pagemap.Dispose();
        reader.Dispose();
        capability = Capability.No($"/proc/{target.Pid}/pagemap: {Errno.Describe(errno)}");
        return null;
    }

    /// <summary>Splits some of them, drawn at random, and makes them old; those of before are to be ended first.</summary>
    /// <param name="huge">Memory in huge pages, as <see cref="HugePageScan"/> finds it.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="random">Decides which.</param>
    public void Begin(IReadOnlyList<AddressRange> huge, int count, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(huge);
        ArgumentNullException.ThrowIfNull(random);
        List<ulong> pages = [.. huge.SelectMany(PagesOf)];
        _beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        for (int drawn = 0; drawn < count && drawn < pages.Count; drawn++)
        {
            int other = drawn + (int)(random.NextUInt64() % (ulong)(pages.Count - drawn));
            (pages[drawn], pages[other]) = (pages[other], pages[drawn]);
            if (Split(pages[drawn]))
            {
                _split.Add(new Page(pages[drawn]));
                _ended.Remove(pages[drawn]);
                NrSplit++;
            }
            else
            {
                _ended.Add(pages[drawn]);
            }
        }

        CostNs += Time.GetNs(Time.CLOCK_MONOTONIC) - _beganNs;
    }

    /// <summary>Sees what was accessed since; 10 us a page.</summary>
    public void Look()
    {
        CollapseAgain();
        foreach (Page page in _split)
        {
            Look(page);
        }
    }

    /// <summary>Sees what was accessed since, and collapses all.</summary>
    /// <param name="results">Receives one for each page, less those that the kernel or the target made huge or unmapped meanwhile.</param>
    public void End(List<SplitPage> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Look();
        if (_split.Count == 0)
        {
            return;
        }

        _ended.Clear();
        long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        foreach (Page page in _split.Where(static page => !page.IsLost))
        {
            _ended.Add(page.Start);
            bool isCollapsed = Collapse(page.Start);
            if (!page.IsUnread)
            {
                results.Add(new SplitPage(page.Start, page.Touched.Count(static touched => touched), isCollapsed));
            }
        }

        CostNs += Time.GetNs(Time.CLOCK_MONOTONIC) - beganNs;
        _split.Clear();
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
        for (ulong page = (range.Start + HugeBytes - 1) / HugeBytes * HugeBytes; page + HugeBytes <= range.End; page += HugeBytes)
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
            && SysMman.ProcessAdvise(_target.PidFd, [new SysMman.IoVector { Base = page, Length = HugeBytes }], SysMman.MADV_COLD) >= 0;
    }

    private void Look(Page page)
    {
        for (int i = 0; i < SmallPages; i++)
        {
            _addresses[i] = page.Start + ((ulong)i * SmallBytes);
        }

        if (_reader.Walk(_pagemap, _addresses, _leaves) != 0)
        {
            page.IsUnread = true;
            return;
        }

        for (int i = 0; i < SmallPages; i++)
        {
            var leaf = new LeafEntry(_leaves[i]);
            page.IsLost |= !leaf.IsMapped || leaf.Level != LeafOfSmallPage;
            page.Touched[i] |= leaf.IsYoung;
        }
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
                CostNs += Time.GetNs(Time.CLOCK_MONOTONIC) - beganNs;
            }
        }
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
            long result = SysMman.ProcessAdvise(_target.PidFd, [new SysMman.IoVector { Base = page, Length = HugeBytes }], SysMman.MADV_COLLAPSE);
            if (result == (long)HugeBytes)
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Page(ulong start)
    {
        public ulong Start { get; } = start;

        public bool[] Touched { get; } = new bool[SmallPages];

        /// <summary>It is not what was split any more.</summary>
        public bool IsLost { get; set; }

        public bool IsUnread { get; set; }
    }
}

/// <summary>A huge page that was split for a while.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Touched">Of its 512 small pages, those that were accessed meanwhile.</param>
/// <param name="IsCollapsed">False when the kernel did not make it huge again.</param>
public readonly record struct SplitPage(ulong Start, int Touched, bool IsCollapsed);
