using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Damo;

/// <summary>The snapshots of one series of a <see cref="SnapshotSpool"/>, in the order they were appended.</summary>
internal sealed class SpoolSeries(SnapshotSpool spool)
{
    private readonly List<(long Offset, long Length)> _blocks = [];
    private byte[] _pending = [];
    private int _used;

    internal long Snapshots { get; private set; }

    /// <summary>Bound by the copy, 24 bytes a region; no allocation beyond the growth of the buffer.</summary>
    internal void Append(in SpooledSnapshot snapshot, ReadOnlySpan<SpooledRegion> regions)
    {
        int bytes = SpooledSnapshot.Bytes + (regions.Length * SpooledRegion.Bytes);
        if (_pending.Length - _used < bytes)
        {
            Array.Resize(ref _pending, Math.Max(_used + bytes, Math.Min(_pending.Length * 2, 1 << 30)));
        }

        MemoryMarshal.Write(_pending.AsSpan(_used), snapshot);
        MemoryMarshal.AsBytes(regions).CopyTo(_pending.AsSpan(_used + SpooledSnapshot.Bytes));
        _used += bytes;
        Snapshots++;
        spool.Grown(bytes);
    }

    /// <summary>The snapshots from the first on. Nothing may be appended while they are read.</summary>
    internal SpoolCursor Read() => new(spool, _blocks, _pending.AsMemory(0, _used));

    internal void MoveToFile()
    {
        if (_used > 0)
        {
            _blocks.Add((spool.WriteBlock(_pending.AsSpan(0, _used)), _used));
            _used = 0;
            _pending = [];
        }
    }
}
