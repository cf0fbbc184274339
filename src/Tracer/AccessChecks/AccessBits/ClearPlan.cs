using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Decides for one tick what can be known about each address and what must be made old for it: only what reads young, whole folios only,
/// each folio once, and nothing that MADV_COLD would skip silently or refuse.
/// </summary>
internal sealed class ClearPlan
{
    private const int None = -1;

    private readonly PageTableReader _reader;
    private readonly TargetFiles _files;
    private readonly RefusedMappings _refused;
    private readonly LruDrain _drain;
    private readonly FolioReader _folioReader;
    private readonly WholeFolio _wholeFolio;
    private readonly Func<bool> _isDrained;

    private PreparedState[] _states = [];
    private int[] _rangeOf = [];
    private int[] _candidates = [];
    private LeafEntry[] _candidateLeaves = [];
    private Folio[] _folios = [];
    private SysMman.IoVector[] _ranges = [];
    private uint[] _entries = [];
    private ClearOutcome[] _outcomes = [];
    private SysMman.IoVector[] _retries = [];
    private ClearOutcome[] _retryOutcomes = [];
    private AddressRange[] _taken = [];
    private int _candidateCount;
    private int _rangeCount;
    private int _takenCount;
    private int _uncertainCount;
    private AddressRange _covered;
    private int _rangeOfCovered;

    /// <param name="reader">Reads page tables and struct pages.</param>
    /// <param name="files">The target's.</param>
    /// <param name="refused">Mappings known to be locked; shared by the plans of a target.</param>
    /// <param name="drain">Shared by the plans of a target.</param>
    internal ClearPlan(PageTableReader reader, TargetFiles files, RefusedMappings refused, LruDrain drain)
    {
        _reader = reader;
        _files = files;
        _refused = refused;
        _drain = drain;
        _folioReader = new FolioReader(reader);
        _wholeFolio = new WholeFolio(reader, files);
        _isDrained = IsDrained;
    }

    internal bool KeepsLargeFolios => _wholeFolio.IsSupported;

    internal ReadOnlySpan<SysMman.IoVector> Ranges => _ranges.AsSpan(0, _rangeCount);

    internal Span<ClearOutcome> Outcomes => _outcomes.AsSpan(0, _rangeCount);

    internal ReadOnlySpan<PreparedState> States => _states;

    /// <summary>The ranges that were young and are old now, ascending.</summary>
    internal ReadOnlySpan<AddressRange> Taken => _taken.AsSpan(0, _takenCount);

    /// <summary>As of <see cref="IYoungPages.NrMadeOld"/>.</summary>
    internal long NrMadeOld { get; private set; }

    /// <summary>The latest <see cref="Build"/> or <see cref="Conclude"/> met pages that only a sweep makes old.</summary>
    internal bool MetSwept { get; private set; }

    /// <summary>Grows the arrays; they never shrink, so a steady number of regions allocates nothing.</summary>
    internal void EnsureCapacity(int addresses)
    {
        if (_states.Length < addresses)
        {
            _states = new PreparedState[addresses];
            _rangeOf = new int[addresses];
            _candidates = new int[addresses];
            _candidateLeaves = new LeafEntry[addresses];
            _folios = new Folio[addresses];
            _ranges = new SysMman.IoVector[addresses];
            _entries = new uint[addresses];
            _outcomes = new ClearOutcome[addresses];
            _retries = new SysMman.IoVector[addresses];
            _retryOutcomes = new ClearOutcome[addresses];
            _taken = new AddressRange[addresses];
        }
    }

    /// <summary>Nothing to clear, nothing taken.</summary>
    internal void Reset()
    {
        _rangeCount = 0;
        _takenCount = 0;
        MetSwept = false;
    }

    /// <summary>
    /// What can be known of an address must not depend on whether its page is young, else every share of accessed pages is biased: where
    /// pages differ in that, those of old pages are described as well. Bounded by the struct pages of what is described, 20 to 60 ns each,
    /// and by the pages of large folios, 15 ns each. No allocations.
    /// </summary>
    internal void Build(SafeFileHandle pagemap, ReadOnlySpan<ulong> addresses, ReadOnlySpan<ulong> leaves, bool describeOld)
    {
        Reset();
        _wholeFolio.NextTick();
        _candidateCount = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            var leaf = new LeafEntry(leaves[i]);
            _states[i] = !leaf.IsSpecial ? PreparedState.Ready
                : IsZeroPage(pagemap, addresses[i], leaf) ? PreparedState.NotPresent
                : PreparedState.Unclearable;
            if (leaf.IsMapped && !leaf.IsSpecial && (describeOld || leaf.IsYoung))
            {
                _candidates[_candidateCount] = i;
                _candidateLeaves[_candidateCount++] = leaf;
            }
        }

        if (!_reader.KnowsFolios)
        {
            return;
        }

        _folioReader.Describe(_candidateLeaves.AsSpan(0, _candidateCount), _folios);
        _covered = default;
        for (int c = 0; c < _candidateCount; c++)
        {
            Classify(pagemap, addresses[_candidates[c]], c);
        }
    }

    /// <summary>Turns the outcomes of the ranges into states of the addresses.</summary>
    /// <param name="addresses">Those of <see cref="Build"/>.</param>
    /// <param name="cold">Clears once more what had to be drained first.</param>
    /// <param name="deadlineNs">When that has to be done.</param>
    internal void Conclude(ReadOnlySpan<ulong> addresses, ColdClearer cold, long deadlineNs)
    {
        _uncertainCount = 0;
        for (int c = 0; c < _candidateCount; c++)
        {
            if (_rangeOf[c] == None)
            {
                continue;
            }

            int i = _candidates[c];
            ClearOutcome outcome = _outcomes[_rangeOf[c]];
            _states[i] = outcome switch
            {
                ClearOutcome.Late => PreparedState.Unprepared,
                ClearOutcome.Refused => SweepOf(_folios[c]),
                _ => PreparedState.Ready,
            };
            if (outcome == ClearOutcome.Refused)
            {
                MetSwept = true;
                RememberRefused(addresses[i], _ranges[_rangeOf[c]]);
            }
            else if (outcome == ClearOutcome.Cleared && !_folios[c].IsOnLru)
            {
                _candidates[_uncertainCount] = i;
                _rangeOf[_uncertainCount] = _rangeOf[c];
                _candidateLeaves[_uncertainCount++] = _candidateLeaves[c];
            }
        }

        if (_uncertainCount != 0)
        {
            ClearSkipped(cold, deadlineNs);
        }

        CollectTaken();
    }

    /// <summary>
    /// After a clearing that was cut off: what lies beyond the cut is not known, young or not. If only young pages were left out there, the
    /// rest would look cold.
    /// </summary>
    internal void LeaveOutUnreached(ReadOnlySpan<ulong> addresses, ColdPass pass)
    {
        for (int i = 0; i < addresses.Length; i++)
        {
            if (_states[i] == PreparedState.Ready && !pass.HasReached(addresses[i]))
            {
                _states[i] = PreparedState.Unprepared;
            }
        }
    }

    private void Classify(SafeFileHandle pagemap, ulong address, int c)
    {
        _rangeOf[c] = None;
        LeafEntry leaf = _candidateLeaves[c];
        if (address >= _covered.End)
        {
            int i = _candidates[c];
            _states[i] = StateOf(pagemap, address, leaf, _folios[c], out AddressRange range);
            MetSwept |= _states[i] is PreparedState.AwaitsSweep or PreparedState.AwaitsFullSweep && (_folios[c].IsOnLru || _folios[c].IsLocked);
            if (_states[i] != PreparedState.Ready)
            {
                return;
            }

            _covered = range;
            _rangeOfCovered = None;
        }

        if (leaf.IsYoung)
        {
            if (_rangeOfCovered == None)
            {
                _rangeOfCovered = _rangeCount;
                _entries[_rangeCount] = leaf.Level == 1 ? (uint)(_covered.Size / (ulong)Unistd.PageSize) : 1;
                _ranges[_rangeCount++] = new SysMman.IoVector { Base = _covered.Start, Length = _covered.Size };
            }

            _rangeOf[c] = _rangeOfCovered;
        }
    }

    private PreparedState StateOf(SafeFileHandle pagemap, ulong address, LeafEntry leaf, in Folio folio, out AddressRange range)
    {
        range = default;
        if (!folio.IsKnown)
        {
            // It changed while it was looked at.
            return PreparedState.Unprepared;
        }

        if (folio.IsHugetlb || leaf.Level == 3)
        {
            return PreparedState.Unclearable;
        }

        if (folio.MapCount == 0)
        {
            // The huge zero page is the only large one that is mapped and not counted; from 6.18 on its entry is special as well.
            return leaf.Level == 2 ? PreparedState.NotPresent : PreparedState.Unclearable;
        }

        bool isSkipped = folio.IsLocked || _refused.Contains(address) || (!folio.IsOnLru && !leaf.IsYoung);
        return !isSkipped && TryGetRange(pagemap, address, leaf, folio, out range) ? PreparedState.Ready : SweepOf(folio);
    }

    /// <summary>Of a special entry: the zero page, and not memory of a device. The frame of the huge one changes whenever nobody maps it.</summary>
    private bool IsZeroPage(SafeFileHandle pagemap, ulong address, LeafEntry leaf) =>
        leaf.Level == 1
            ? leaf.FrameNumber == _reader.ZeroFrame
            : PagemapScan.IsZeroPage(pagemap, address & ~((ulong)Unistd.PageSize - 1));

    private static PreparedState SweepOf(in Folio folio) => folio.IsAnonymous ? PreparedState.AwaitsFullSweep : PreparedState.AwaitsSweep;

    private bool TryGetRange(SafeFileHandle pagemap, ulong address, LeafEntry leaf, in Folio folio, out AddressRange range)
    {
        if (leaf.Level == 1 && folio.IsLarge)
        {
            return _wholeFolio.TryGetRange(pagemap, address, leaf, folio, out range);
        }

        ulong size = leaf.Level == 1 ? (ulong)Unistd.PageSize : _reader.Format.LargePageSize;
        ulong start = address / size * size;
        range = new AddressRange(start, start + size);
        return folio.MapCount >= 0 ? folio.MapCount == 1 : IsExclusive(pagemap, address);
    }

    /// <summary>For kernels that do not count the mappings of a large folio in one place.</summary>
    private static bool IsExclusive(SafeFileHandle pagemap, ulong address)
        => Pagemap.Read(pagemap, address, out ulong entry) == sizeof(ulong) && (entry & Pagemap.Exclusive) != 0;

    /// <summary>
    /// MADV_COLD skips pages that are on no reclaim list without saying so. Those that this CPU faulted in get there during the call, those
    /// of other CPUs are drained now; whether they were there in time nobody can tell, so all are cleared once more. What is on no list
    /// even then (memory of drivers) is left to a sweep. The accessed bit alone could not tell: hot pages are young again at once.
    /// </summary>
    private void ClearSkipped(ColdClearer cold, long deadlineNs)
    {
        bool wasDrained = !IsDrained() && _drain.TryDrain(_isDrained);
        int retries = 0;
        for (int c = 0; c < _uncertainCount; c++)
        {
            if (!_folios[c].IsOnLru)
            {
                _states[_candidates[c]] = wasDrained ? SweepOf(_folios[c]) : PreparedState.Unprepared;
                _rangeOf[c] = None;
                MetSwept |= wasDrained;
            }
            else if (retries == 0 || _retries[retries - 1].Base != _ranges[_rangeOf[c]].Base)
            {
                _retries[retries++] = _ranges[_rangeOf[c]];
            }
        }

        _ = cold.Clear(_retries.AsSpan(0, retries), _retryOutcomes.AsSpan(0, retries), deadlineNs);
        for (int c = 0, retry = 0; c < _uncertainCount; c++)
        {
            if (_rangeOf[c] != None)
            {
                retry += _retries[retry].Base != _ranges[_rangeOf[c]].Base ? 1 : 0;
                _states[_candidates[c]] = _retryOutcomes[retry] == ClearOutcome.Cleared ? PreparedState.Ready : PreparedState.Unprepared;
            }
        }
    }

    /// <summary>Looks again at the pages that were on no reclaim list.</summary>
    private bool IsDrained()
    {
        _folioReader.Describe(_candidateLeaves.AsSpan(0, _uncertainCount), _folios);
        for (int c = 0; c < _uncertainCount; c++)
        {
            if (!_folios[c].IsOnLru)
            {
                return false;
            }
        }

        return true;
    }

    private void CollectTaken()
    {
        for (int range = 0; range < _rangeCount; range++)
        {
            if (_outcomes[range] == ClearOutcome.Cleared)
            {
                NrMadeOld += _entries[range];
                _taken[_takenCount++] = new AddressRange(_ranges[range].Base, _ranges[range].Base + _ranges[range].Length);
            }
        }
    }

    private void RememberRefused(ulong address, SysMman.IoVector range)
    {
        AddressRange refused = _files.TryFindMapping(address, out ulong start, out ulong end)
            ? new AddressRange(start, end)
            : new AddressRange(range.Base, range.Base + range.Length);
        _refused.Add(refused);
    }
}
