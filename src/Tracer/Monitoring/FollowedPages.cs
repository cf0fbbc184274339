namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Random pages of one target's memory, followed one by one over the whole recording: for each it is known when it was seen accessed last, so
/// for every T the bytes accessed within T are estimated without bias, whatever the pattern. Beside DAMON's regions, whose ages are averages
/// of what they were merged from. Pages come with memory and go with it; those of new memory count as accessed when they came.
/// <para>Used by the kdamond only; allocates only while the number of pages grows.</para>
/// </summary>
public sealed class FollowedPages
{
    /// <summary>Most pages followed by default: a share of 10 % of them is known to within 1 percentage point (95 % interval).</summary>
    public const int DefaultMaxPages = 4_096;

    private readonly ulong _seed;
    private readonly ulong _pageSize;
    private readonly int _maxPages;
    private int _level;
    private bool _isStarted;
    private ulong[] _addresses = [];
    private FollowedPage[] _pages = [];
    private ulong[] _nextAddresses = [];
    private FollowedPage[] _nextPages = [];
    private AccessState[] _states = [];

    /// <param name="seed">Chooses the pages.</param>
    /// <param name="pageSize">Bytes of a page.</param>
    /// <param name="maxPages">Most pages to follow; at least half as many are, where there are so many.</param>
    public FollowedPages(ulong seed, ulong pageSize, int maxPages = DefaultMaxPages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxPages);
        _seed = seed;
        _pageSize = pageSize;
        _maxPages = maxPages;
    }

    /// <summary>Number of pages followed.</summary>
    public int Count { get; private set; }

    /// <summary>Their addresses, ascending.</summary>
    public ReadOnlySpan<ulong> Addresses => _addresses.AsSpan(0, Count);

    /// <summary>What is known of each.</summary>
    public ReadOnlySpan<FollowedPage> Pages => _pages.AsSpan(0, Count);

    /// <summary>Pages of a block, of which one is followed.</summary>
    public ulong BlockPages => 1ul << _level;

    /// <summary>Bytes of a block.</summary>
    public ulong BlockSize => BlockPages * _pageSize;

    /// <summary>Time since which pages are followed, in nanoseconds of the caller's clock.</summary>
    public long SinceNs { get; private set; }

    /// <summary>Time of the latest look.</summary>
    public long LookedNs { get; private set; }

    /// <summary>
    /// Follows the memory as it is now. Bounded by the ranges and by one hash chain of 12 steps per block of them.
    /// </summary>
    /// <param name="memory">Ranges that hold memory, page aligned, ascending, disjoint.</param>
    /// <param name="nowNs">Time.</param>
    public void Update(ReadOnlySpan<AddressRange> memory, long nowNs)
    {
        ulong bytes = 0;
        foreach (AddressRange range in memory)
        {
            bytes += range.Size;
        }

        // Never finer again: pages that would come back have been missed meanwhile.
        _level = Math.Max(_level, PageChoice.LevelFor(bytes / _pageSize, _maxPages));
        int count = Choose(memory, new PageChoice(_seed, _level), nowNs);
        (_addresses, _nextAddresses) = (_nextAddresses, _addresses);
        (_pages, _nextPages) = (_nextPages, _pages);
        Count = count;
        if (!_isStarted && count > 0)
        {
            _isStarted = true;
            SinceNs = nowNs;
        }
    }

    /// <summary>Looks which pages were accessed since the latest look. The first look only makes them old.</summary>
    /// <param name="check">How it is known.</param>
    /// <param name="nowNs">Time.</param>
    public void Look(IYoungPages check, long nowNs)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (Count == 0)
        {
            return;
        }

        if (_states.Length < Count)
        {
            _states = new AccessState[_addresses.Length];
        }

        Span<AccessState> states = _states.AsSpan(0, Count);
        states.Fill(AccessState.Unprepared);
        check.TakeYoung(Addresses, states);
        bool isFirst = LookedNs == 0;
        LookedNs = nowNs;
        if (isFirst)
        {
            SinceNs = nowNs;
        }

        for (int i = 0; i < states.Length; i++)
        {
            _pages[i].See(states[i], nowNs);
        }
    }

    /// <summary>Somebody else found ranges young and made them old, so the next look would miss it.</summary>
    /// <param name="taken">Ascending and disjoint.</param>
    /// <param name="nowNs">Time at which it happened.</param>
    public void OnTaken(ReadOnlySpan<AddressRange> taken, long nowNs)
    {
        // Before the first look a page may have been young since whenever.
        if (LookedNs == 0)
        {
            return;
        }

        ReadOnlySpan<ulong> addresses = Addresses;
        foreach (AddressRange range in taken)
        {
            int i = addresses.BinarySearch(range.Start);
            for (i = i >= 0 ? i : ~i; i < addresses.Length && addresses[i] < range.End; i++)
            {
                _pages[i].OnTaken(nowNs);
            }
        }
    }

    /// <summary>Number of pages seen accessed at a time or after it.</summary>
    /// <param name="sinceNs">The time.</param>
    /// <param name="onlySwept">Only those that only a sweep makes old.</param>
    public int CountAccessedSince(long sinceNs, bool onlySwept)
    {
        int count = 0;
        foreach (ref readonly FollowedPage page in Pages)
        {
            bool counts = !onlySwept || page.State is AccessState.SweptAccessed or AccessState.SweptNotAccessed;
            count += counts && page.LastNs >= sinceNs ? 1 : 0;
        }

        return count;
    }

    /// <summary>A sweep has made memory old, after a look.</summary>
    public void OnSwept()
    {
        foreach (ref FollowedPage page in _pages.AsSpan(0, Count))
        {
            page.OnSwept();
        }
    }

    private int Choose(ReadOnlySpan<AddressRange> memory, PageChoice choice, long nowNs)
    {
        int count = 0;
        int known = 0;
        ulong blockSize = choice.BlockPages * _pageSize;
        foreach (AddressRange range in memory)
        {
            for (ulong block = range.Start / blockSize; block * blockSize < range.End; block++)
            {
                ulong address = choice.PageOf(block) * _pageSize;
                if (address < range.Start || address >= range.End)
                {
                    continue;
                }

                while (known < Count && _addresses[known] < address)
                {
                    known++;
                }

                bool isKnown = known < Count && _addresses[known] == address;
                Append(count++, address, isKnown ? _pages[known] : new FollowedPage { LastNs = LookedNs == 0 ? FollowedPage.Never : nowNs });
            }
        }

        return count;
    }

    private void Append(int index, ulong address, in FollowedPage page)
    {
        if (index == _nextAddresses.Length)
        {
            Array.Resize(ref _nextAddresses, Math.Max(_maxPages, index * 2));
            Array.Resize(ref _nextPages, _nextAddresses.Length);
        }

        _nextAddresses[index] = address;
        _nextPages[index] = page;
    }
}
