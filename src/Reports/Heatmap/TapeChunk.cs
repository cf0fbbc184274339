using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>
/// Some snapshots that follow each other. Their regions are counts of those that are as they were at their place in the snapshot before of
/// their target, and between them what has changed; at the begin of a chunk all were zero.
/// </summary>
internal sealed class TapeChunk(long bytes)
{
    private const int MostCountBytes = 5;

    private readonly byte[] _bytes = new byte[bytes];
    private readonly List<TapeEntry> _entries = [];
    private int _length;

    public IReadOnlyList<TapeEntry> Entries => _entries;

    public int Room => _bytes.Length - _length;

    /// <summary>What a snapshot of so many regions takes at most.</summary>
    public static long MostBytes(int regions) => MostCountBytes + ((long)regions * (MostCountBytes + TapeRegion.MostBytes));

    /// <summary>The regions before of a target, with room for so many.</summary>
    public static TapeRegion[] Before(Dictionary<TargetKey, TapeRegion[]> targets, TargetKey key, int regions)
    {
        TapeRegion[] before = targets.GetValueOrDefault(key, []);
        if (before.Length < regions)
        {
            Array.Resize(ref before, Math.Max(regions, before.Length * 2));
            targets[key] = before;
        }

        return before;
    }

    /// <summary>Adds a snapshot, for which there must be <see cref="Room"/>.</summary>
    public void Add(TapeEntry entry, Snapshot snapshot, TapeRegion[] before)
    {
        _entries.Add(entry);
        ReadOnlySpan<RegionEvent> regions = snapshot.Regions;
        ReadOnlySpan<RegionEstimateRecord> estimates = snapshot.Estimates;
        ulong end = 0;
        uint same = 0;
        int at = _length;
        for (int i = 0; i < regions.Length; i++)
        {
            TapeRegion region = new(in regions[i], end);
            if (!estimates.IsEmpty)
            {
                region.Take(in estimates[i]);
            }

            end = regions[i].End;
            if (region.Equals(in before[i]))
            {
                same++;
                continue;
            }

            at = TapeRegion.WriteNumber(_bytes, at, same);
            at = region.WriteTo(_bytes, at, in before[i]);
            before[i] = region;
            same = 0;
        }

        _length = same > 0 ? TapeRegion.WriteNumber(_bytes, at, same) : at;
    }

    /// <summary>Passes its snapshots on in order, in one instance that is valid during the call.</summary>
    public void Replay(Action<TapeEntry, Snapshot> take)
    {
        Dictionary<TargetKey, TapeRegion[]> targets = [];
        Snapshot snapshot = new();
        int at = 0;
        foreach (TapeEntry entry in _entries)
        {
            snapshot.Clear();
            Read(entry, Before(targets, entry.Key, entry.Regions), snapshot, ref at);
            take(entry, snapshot);
        }
    }

    private void Read(TapeEntry entry, TapeRegion[] before, Snapshot snapshot, ref int at)
    {
        ulong end = 0;
        ulong same = 0;
        bool isCounted = false;
        foreach (ref TapeRegion region in before.AsSpan(0, entry.Regions))
        {
            same = isCounted ? same : TapeRegion.ReadNumber(_bytes, ref at);
            isCounted = same > 0;
            if (isCounted)
            {
                same--;
            }
            else
            {
                region.ReadFrom(_bytes, ref at);
            }

            RegionEvent found = region.ToEvent(end);
            end = found.End;
            snapshot.Add(in found);
        }

        if (entry.HasEstimates)
        {
            foreach (ref readonly TapeRegion region in before.AsSpan(0, entry.Regions))
            {
                snapshot.AddEstimates([region.ToEstimate()]);
            }
        }
    }
}
