using System.Buffers.Binary;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Frames of zstd (RFC 8878) written without looking for matches, where it is known that there are none, or where they are: a search takes
/// longer than all else that is done for a page.
/// </summary>
internal static class ZstdFrame
{
    /// <summary>What a block may become at most.</summary>
    internal const int LargestBlock = 128 * 1024;

    private const int BlockHeaderBytes = 3;
    private const int RawBlock = 0;
    private const int RunBlock = 1;
    private const int CompressedBlock = 2;

    /// <summary>The bytes as they are; 3 more for each 128 KiB, and 9.</summary>
    internal static void Store(ReadOnlySpan<byte> bytes, ByteBuffer output)
    {
        WriteHeader(bytes.Length, output);
        do
        {
            ReadOnlySpan<byte> block = bytes[..Math.Min(bytes.Length, LargestBlock)];
            bytes = bytes[block.Length..];
            WriteRaw(block, isLast: bytes.IsEmpty, output);
        }
        while (!bytes.IsEmpty);
    }

    /// <summary>The bytes as they are up to a place, and from there on a run of the last one.</summary>
    internal static void StoreRun(ReadOnlySpan<byte> bytes, int runAt, ByteBuffer output)
    {
        WriteHeader(bytes.Length, output);
        WriteRaw(bytes[..runAt], isLast: runAt == bytes.Length, output);
        for (int left = bytes.Length - runAt; left > 0; left -= LargestBlock)
        {
            WriteBlockHeader(output.Reserve(BlockHeaderBytes), RunBlock, Math.Min(left, LargestBlock), isLast: left <= LargestBlock);
            output.Advance(BlockHeaderBytes);
            output.Write(bytes[^1]);
        }
    }

    /// <summary>One segment, its size in four bytes, no checksum.</summary>
    internal static void WriteHeader(int contentBytes, ByteBuffer output)
    {
        output.Write([0x28, 0xB5, 0x2F, 0xFD, 0xA0]);
        output.WriteInt32(contentBytes);
    }

    internal static void WriteRaw(ReadOnlySpan<byte> block, bool isLast, ByteBuffer output)
    {
        WriteBlockHeader(output.Reserve(BlockHeaderBytes), RawBlock, block.Length, isLast);
        output.Advance(BlockHeaderBytes);
        output.Write(block);
    }

    /// <summary>Begins a block of unknown size; returns where.</summary>
    internal static int BeginCompressed(ByteBuffer output)
    {
        output.Reserve(BlockHeaderBytes);
        output.Advance(BlockHeaderBytes);
        return output.Length;
    }

    internal static void EndCompressed(int begin, bool isLast, ByteBuffer output) =>
        WriteBlockHeader(output.From(begin - BlockHeaderBytes), CompressedBlock, output.Length - begin, isLast);

    private static void WriteBlockHeader(Span<byte> room, int type, int size, bool isLast)
    {
        int header = (isLast ? 1 : 0) | (type << 1) | (size << 3);
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)header);
        room[2] = (byte)(header >> 16);
    }
}
