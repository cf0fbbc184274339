using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>
/// The snapshots of a heatmap's first pass, as far as cells need them, so that the recording need not be read again: as long as they fit.
/// Of a region that is as it was in the snapshot before nothing is written; in a settled process that leaves a byte or two a region.
/// </summary>
/// <param name="limit">Bytes that may be held; a longer recording leaves nothing here.</param>
internal sealed class HeatmapTape(int limit)
{
    private const int ChunkBytes = 1 << 20;

    private readonly List<TapeChunk> _chunks = [];
    private readonly Dictionary<TargetKey, TapeRegion[]> _before = [];
    private long _size;

    /// <summary>Whether everything added is here.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>What is held, in order; each can be replayed without the others.</summary>
    public IReadOnlyList<TapeChunk> Chunks => _chunks;

    /// <summary>Adds a snapshot; bound by comparing its regions with those before. No allocation but for chunks.</summary>
    public void Add(Snapshot snapshot, SnapshotMeter meter)
    {
        long most = TapeChunk.MostBytes(snapshot.Count);
        if (!IsWhole || ((_chunks.Count == 0 || _chunks[^1].Room < most) && !TryBeginChunk(Math.Max(ChunkBytes, most))))
        {
            return;
        }

        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        _chunks[^1].Add(
            new TapeEntry(
                key, meter.BeginNs, meter.EndNs, meter.MaxAccesses, meter.HzPerAccess, snapshot.Count, snapshot.Estimates.Length > 0),
            snapshot, TapeChunk.Before(_before, key, snapshot.Count));
    }

    private bool TryBeginChunk(long bytes)
    {
        _size += bytes;
        IsWhole = _size <= limit;
        if (IsWhole)
        {
            _chunks.Add(new TapeChunk(bytes));
            foreach (TapeRegion[] before in _before.Values)
            {
                Array.Clear(before);
            }
        }
        else
        {
            _chunks.Clear();
            _before.Clear();
        }

        return IsWhole;
    }
}
