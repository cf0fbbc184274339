using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Wss;

/// <summary>
/// Joins the snapshots of one target until they cover the work time, by damo's rule: a region of the first snapshot keeps its bounds; of
/// each later snapshot it gets the largest nr_accesses among the regions that overlap it added; addresses that no region had so far become
/// regions with the nr_accesses they come with. What is left at the end and does not cover the work time is dropped.
/// </summary>
internal sealed class WorkTime(ulong workTimeUs)
{
    private List<(ulong Start, ulong End, ulong NrAccesses)> _joined = [];
    private List<(ulong Start, ulong End, ulong NrAccesses)> _next = [];
    private double? _beginNs;

    /// <summary>Adds a snapshot; true when the work time is covered, and the next one begins anew.</summary>
    /// <param name="snapshot">Regions in address order.</param>
    /// <param name="beginNs">End of the snapshot before.</param>
    /// <param name="endNs">Its end.</param>
    public bool Add(Snapshot snapshot, double beginNs, double endNs)
    {
        if (_beginNs is null)
        {
            _joined.Clear();
            _beginNs = beginNs;
        }

        Join(snapshot.Regions);
        if (endNs - _beginNs < workTimeUs * 1000.0)
        {
            return false;
        }

        _beginNs = null;
        return true;
    }

    /// <summary>Bytes of the joined regions with at least so many accesses.</summary>
    public ulong SizeOf(uint accessThreshold)
    {
        ulong bytes = 0;
        foreach ((ulong start, ulong end, ulong nrAccesses) in _joined)
        {
            bytes += nrAccesses >= accessThreshold ? end - start : 0;
        }

        return bytes;
    }

    /// <summary>Both in address order. Bound by the regions of both; no allocation once the lists have grown.</summary>
    private void Join(ReadOnlySpan<RegionEvent> regions)
    {
        _next.Clear();
        int first = 0;
        foreach ((ulong Start, ulong End, ulong NrAccesses) known in _joined)
        {
            // Up to here, addresses no region had: those of regions that begin before this one.
            while (first < regions.Length && regions[first].End <= known.Start)
            {
                AddNew(regions[first++]);
            }

            uint most = 0;
            for (int i = first; i < regions.Length && regions[i].Start < known.End; i++)
            {
                most = Math.Max(most, regions[i].NrAccesses);
                if (regions[i].Start < known.Start)
                {
                    AddNew(regions[i] with { End = known.Start });
                }
            }

            _next.Add((known.Start, known.End, known.NrAccesses + most));
            while (first < regions.Length && regions[first].End <= known.End)
            {
                first++;
            }
        }

        while (first < regions.Length)
        {
            AddNew(regions[first++]);
        }

        (_joined, _next) = (_next, _joined);
    }

    /// <summary>What of a region begins after the last one.</summary>
    private void AddNew(in RegionEvent region)
    {
        ulong start = _next.Count > 0 ? Math.Max(region.Start, _next[^1].End) : region.Start;
        if (start < region.End)
        {
            _next.Add((start, region.End, region.NrAccesses));
        }
    }
}
