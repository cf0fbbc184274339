using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Decides for one tick what must be made old and how: only what reads young, whole folios only, each folio once,
/// and nothing that the kernel would skip silently because it is shared.
/// </summary>
internal sealed class ClearPlan(PageTableReader reader, TargetFiles files)
{
    private const int None = -1;

    private readonly FolioReader _folioReader = new(reader);
    private readonly WholeFolio _wholeFolio = new(reader, files);
    private readonly RefusedMappings _refused = new();

    private PreparedState[] _states = [];
    private int[] _rangeOf = [];
    private int[] _candidates = [];
    private LeafEntry[] _candidateLeaves = [];
    private Folio[] _folios = [];
    private SysMman.IoVector[] _ranges = [];
    private ClearOutcome[] _outcomes = [];
    private int _candidateCount;
    private int _rangeCount;

    internal bool KeepsLargeFolios => _wholeFolio.IsSupported;

    internal ReadOnlySpan<SysMman.IoVector> Ranges => _ranges.AsSpan(0, _rangeCount);

    internal Span<ClearOutcome> Outcomes => _outcomes.AsSpan(0, _rangeCount);

    internal ReadOnlySpan<PreparedState> States => _states;

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
            _outcomes = new ClearOutcome[addresses];
        }
    }

    internal void FillStates(PreparedState state) => Array.Fill(_states, state);

    /// <summary>A new address space: what was refused in the old one says nothing.</summary>
    internal void ForgetRefused() => _refused.Clear();

    /// <summary>
    /// Bounded by the struct pages of young pages, 20 to 60 ns each, and by the pages of large folios, 15 ns each. No allocations.
    /// </summary>
    internal void Build(SafeFileHandle pagemap, ReadOnlySpan<ulong> addresses, ReadOnlySpan<ulong> leaves)
    {
        _refused.NextTick();
        _wholeFolio.NextTick();
        _candidateCount = 0;
        _rangeCount = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            var leaf = new LeafEntry(leaves[i]);
            _states[i] = PreparedState.Ready;
            if (leaf.IsYoung)
            {
                _candidates[_candidateCount] = i;
                _candidateLeaves[_candidateCount++] = leaf;
            }
        }

        _folioReader.Describe(_candidateLeaves.AsSpan(0, _candidateCount), _folios);
        ulong coveredEnd = 0;
        for (int c = 0; c < _candidateCount; c++)
        {
            ulong address = addresses[_candidates[c]];
            if (address < coveredEnd)
            {
                _rangeOf[c] = _rangeCount - 1;
            }
            else if (TryGetRange(pagemap, address, _candidateLeaves[c], _folios[c], out AddressRange range))
            {
                coveredEnd = range.End;
                _rangeOf[c] = _rangeCount;
                _ranges[_rangeCount++] = new SysMman.IoVector { Base = range.Start, Length = range.Size };
            }
            else
            {
                _rangeOf[c] = None;
                _states[_candidates[c]] = _candidateLeaves[c].IsAccessed ? PreparedState.Unclearable : PreparedState.OwnBitOnly;
            }
        }
    }

    /// <summary>Turns the outcomes of the ranges into states of the addresses.</summary>
    internal void Conclude(ReadOnlySpan<ulong> addresses)
    {
        int uncertain = 0;
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
                ClearOutcome.Refused => PreparedState.Unclearable,
                _ => PreparedState.Ready,
            };
            if (outcome == ClearOutcome.Refused)
            {
                RememberRefused(addresses[i], _ranges[_rangeOf[c]]);
            }
            else if (outcome == ClearOutcome.Cleared && !_folios[c].IsOnLru)
            {
                _candidates[uncertain] = i;
                _candidateLeaves[uncertain++] = _candidateLeaves[c];
            }
        }

        MarkSilentlySkipped(uncertain);
    }

    /// <summary>
    /// MADV_COLD skips pages that are on no reclaim list without saying so. Pages just faulted in get there during the call;
    /// what is not there afterwards (memory of drivers) was skipped. Its accessed bit alone could not tell: hot pages are young again at
    /// once.
    /// </summary>
    private void MarkSilentlySkipped(int uncertain)
    {
        if (uncertain == 0)
        {
            return;
        }

        _folioReader.Describe(_candidateLeaves.AsSpan(0, uncertain), _folios);
        for (int c = 0; c < uncertain; c++)
        {
            if (!_folios[c].IsOnLru)
            {
                _states[_candidates[c]] = PreparedState.Unclearable;
            }
        }
    }

    /// <summary>
    /// Of the young addresses, finds those whose bit no clearer can clear (zero page, special mappings, hugetlb):
    /// for clear_refs, which clears everything else without being asked page by page.
    /// </summary>
    internal void MarkUnclearable(ReadOnlySpan<ulong> leaves)
    {
        int count = 0;
        for (int i = 0; i < leaves.Length; i++)
        {
            var leaf = new LeafEntry(leaves[i]);
            if (leaf.IsYoung)
            {
                _candidates[count] = i;
                _candidateLeaves[count++] = leaf;
            }
        }

        _folioReader.Describe(_candidateLeaves.AsSpan(0, count), _folios);
        for (int c = 0; c < count; c++)
        {
            if (!_folios[c].IsKnown || _folios[c].IsHugetlb || _folios[c].MapCount == 0)
            {
                _states[_candidates[c]] = PreparedState.Unclearable;
            }
        }
    }

    private bool TryGetRange(SafeFileHandle pagemap, ulong address, LeafEntry leaf, in Folio folio, out AddressRange range)
    {
        range = default;
        if (!folio.IsKnown || folio.IsHugetlb || _refused.Contains(address))
        {
            return false;
        }

        switch (leaf.Level)
        {
            case 1 when !folio.IsLarge:
                ulong pageSize = (ulong)Unistd.PageSize;
                ulong page = address / pageSize * pageSize;
                range = new AddressRange(page, page + pageSize);
                return folio.MapCount == 1;
            case 1:
                return _wholeFolio.TryGetRange(pagemap, address, leaf, folio, out range);
            case 2:
                ulong size = reader.Format.LargePageSize;
                ulong start = address / size * size;
                range = new AddressRange(start, start + size);
                return folio.MapCount >= 0 ? folio.MapCount == 1 : IsExclusive(pagemap, address);
            default:
                return false;
        }
    }

    /// <summary>For kernels that do not count the mappings of a large folio in one place.</summary>
    private static bool IsExclusive(SafeFileHandle pagemap, ulong address)
        => Pagemap.Read(pagemap, address, out ulong entry) == sizeof(ulong) && (entry & Pagemap.Exclusive) != 0;

    private void RememberRefused(ulong address, SysMman.IoVector range)
    {
        AddressRange refused = files.TryFindMapping(address, out ulong start, out ulong end)
            ? new AddressRange(start, end)
            : new AddressRange(range.Base, range.Base + range.Length);
        _refused.Add(refused);
    }
}
