using System.Buffers.Binary;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Symbols.Parts;

/// <summary>Reads little-endian numbers and texts one after the other, in blocks. The first that is not there makes it fail, and all after it.</summary>
/// <param name="read">The file.</param>
/// <param name="mostBytes">Where a header ends at the latest.</param>
internal sealed class ByteCursor(ElfFile.ReadAt read, ulong mostBytes)
{
    private const int BlockBytes = 1 << 16;

    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _blockOffset;
    private int _blockLength;

    internal ulong Position { get; private set; }

    internal bool Failed { get; private set; }

    internal uint UInt32() => Take(sizeof(uint)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    internal ulong UInt64() => Take(sizeof(ulong)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    /// <summary>Bytes that are valid until the next call; empty when they are not there.</summary>
    internal ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count > BlockBytes || Position + (ulong)count > mostBytes)
        {
            Failed = true;
            return [];
        }

        if (Position < _blockOffset || Position + (ulong)count > _blockOffset + (ulong)_blockLength)
        {
            _blockOffset = Position;
            _blockLength = Math.Max(0, read(Position, _block));
            if (_blockLength < count)
            {
                Failed = true;
                return [];
            }
        }

        ReadOnlySpan<byte> bytes = _block.AsSpan((int)(Position - _blockOffset), count);
        Position += (ulong)count;
        return bytes;
    }

    internal void Skip(ulong count)
    {
        if (count > mostBytes || Position + count > mostBytes)
        {
            Failed = true;
            return;
        }

        Position += count;
    }
}
