using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Damo;

/// <summary>Reads one series of a <see cref="SnapshotSpool"/> from its first snapshot on; holds one snapshot at a time.</summary>
internal sealed class SpoolCursor(SnapshotSpool spool, List<(long Offset, long Length)> blocks, ReadOnlyMemory<byte> rest)
{
    private byte[] _window = [];
    private int _from;
    private int _to;
    private int _block;
    private long _inBlock;
    private SpooledSnapshot _current;
    private ReadOnlyMemory<byte> _regions;

    internal ref readonly SpooledSnapshot Current => ref _current;

    internal ReadOnlySpan<SpooledRegion> Regions => MemoryMarshal.Cast<byte, SpooledRegion>(_regions.Span);

    internal bool MoveNext()
    {
        if (!TryTake(SpooledSnapshot.Bytes, out ReadOnlyMemory<byte> head))
        {
            return false;
        }

        _current = MemoryMarshal.Read<SpooledSnapshot>(head.Span);
        return TryTake(_current.Count * SpooledRegion.Bytes, out _regions);
    }

    /// <summary>The next bytes of the series; what was taken before is overwritten.</summary>
    private bool TryTake(int bytes, out ReadOnlyMemory<byte> taken)
    {
        while (_to - _from < bytes)
        {
            if (_block == blocks.Count)
            {
                // Snapshots never straddle two blocks: the window is used up when the blocks are.
                taken = rest.Length >= bytes ? rest[..bytes] : default;
                rest = rest.Length >= bytes ? rest[bytes..] : rest;
                return taken.Length == bytes;
            }

            Fill(bytes);
        }

        taken = _window.AsMemory(_from, bytes);
        _from += bytes;
        return true;
    }

    private void Fill(int bytes)
    {
        byte[] target = _window;
        int kept = _to - _from;
        if (target.Length < bytes)
        {
            target = new byte[Math.Max(bytes, spool.WindowBytes)];
        }

        Buffer.BlockCopy(_window, _from, target, 0, kept);
        _window = target;
        (long offset, long length) = blocks[_block];
        int read = (int)Math.Min(length - _inBlock, target.Length - kept);
        spool.ReadBlock(offset + _inBlock, target.AsSpan(kept, read));
        _from = 0;
        _to = kept + read;
        _inBlock += read;
        if (_inBlock == length)
        {
            _block++;
            _inBlock = 0;
        }
    }
}
