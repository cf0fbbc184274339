using System.Numerics;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>
/// The snapshots of a heatmap's first pass, as far as cells need them, so that the recording need not be read again: as long as they fit.
/// A region takes some four bytes: it begins where the one before ends, and its size is in pages.
/// </summary>
/// <param name="limit">Bytes that may be held; a longer recording leaves nothing here.</param>
internal sealed class HeatmapTape(int limit)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Two numbers of 64 bits and one of 32, seven bits a byte.</summary>
    private const int MaxRegionBytes = 10 + 10 + 5;

    private const int EntryBytes = 64;

    /// <summary>Turns sizes in bytes into sizes in pages, and what is no multiple of a page into large numbers.</summary>
    private const int PageShift = 12;

    private readonly List<Entry> _entries = [];
    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _chunk = [];
    private int _length;
    private long _size;

    /// <summary>Whether everything added is here.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>
    /// Adds a snapshot; bound by writing some bytes a region. What is known of a region's memory would take five times the room: a
    /// recording with estimates is read again.
    /// </summary>
    public void Add(Snapshot snapshot, SnapshotMeter meter)
    {
        if (!IsWhole)
        {
            return;
        }

        if (snapshot.Estimates.Length > 0 || _size + EntryBytes + ((long)snapshot.Count * MaxRegionBytes) > limit)
        {
            IsWhole = false;
            _entries.Clear();
            _full.Clear();
            _chunk = [];
            return;
        }

        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        _entries.Add(new Entry(key, meter.BeginNs, meter.EndNs, meter.MaxAccesses, meter.HzPerAccess, snapshot.Count));
        _size += EntryBytes;
        ulong end = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            if (_chunk.Length - _length < MaxRegionBytes)
            {
                BeginChunk();
            }

            int before = _length;
            Write(BitOperations.RotateRight(unchecked(region.Start - end), PageShift));
            Write(BitOperations.RotateRight(unchecked(region.End - region.Start), PageShift));
            Write(region.NrAccesses);
            end = region.End;
            _size += _length - before;
        }
    }

    /// <summary>Passes all snapshots on in order, in one instance that is valid during the call.</summary>
    public void Replay(Action<Entry, Snapshot> take)
    {
        Snapshot snapshot = new();
        Reader reader = new([.. _full, (_chunk, _length)]);
        foreach (Entry entry in _entries)
        {
            snapshot.Clear();
            ulong end = 0;
            for (int i = 0; i < entry.Regions; i++)
            {
                reader.BeginRegion();
                ulong start = unchecked(end + BitOperations.RotateLeft(reader.Read(), PageShift));
                end = unchecked(start + BitOperations.RotateLeft(reader.Read(), PageShift));
                snapshot.Add(new RegionEvent { Start = start, End = end, NrAccesses = (uint)reader.Read() });
            }

            take(entry, snapshot);
        }
    }

    private void BeginChunk()
    {
        if (_chunk.Length > 0)
        {
            _full.Add((_chunk, _length));
        }

        _chunk = new byte[ChunkBytes];
        _length = 0;
    }

    private void Write(ulong value)
    {
        byte[] chunk = _chunk;
        int at = _length;
        for (; value >= 0x80; value >>= 7)
        {
            chunk[at++] = (byte)(value | 0x80);
        }

        chunk[at++] = (byte)value;
        _length = at;
    }

    /// <summary>A snapshot without its regions.</summary>
    /// <param name="Key">Whose it is.</param>
    /// <param name="BeginNs">Begin of its time.</param>
    /// <param name="EndNs">End of its time.</param>
    /// <param name="MaxAccesses">The largest nr_accesses possible, where known.</param>
    /// <param name="HzPerAccess">Frequency of one counted access, where known.</param>
    /// <param name="Regions">How many it has.</param>
    internal readonly record struct Entry(
        TargetKey Key, long BeginNs, long EndNs, double? MaxAccesses, double? HzPerAccess, int Regions);

    private struct Reader((byte[] Bytes, int Length)[] chunks)
    {
        private int _number;
        private int _at;
        private byte[] _bytes = chunks[0].Bytes;

        /// <summary>No region goes across the border of two chunks.</summary>
        public void BeginRegion()
        {
            if (_at == chunks[_number].Length)
            {
                _bytes = chunks[++_number].Bytes;
                _at = 0;
            }
        }

        public ulong Read()
        {
            byte[] bytes = _bytes;
            ulong value = bytes[_at++];
            if (value < 0x80)
            {
                return value;
            }

            value &= 0x7f;
            for (int shift = 7; ; shift += 7)
            {
                ulong next = bytes[_at++];
                value |= (next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
