using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// Where the functions of a file begin and end that has no names for them: exceptions and debuggers need that, so <c>strip</c> leaves it. Read from
/// <c>.eh_frame_hdr</c> (Linux Standard Base, "Exception Frames"), which has the begin of each function and where <c>.eh_frame</c> describes it.
/// </summary>
internal static class FunctionExtents
{
    private const int MaxFunctions = 2 << 20;
    private const ulong MaxFrameBytes = 64 << 20;

    // Version; how eh_frame_ptr, the count and the table are encoded: the only way in which linkers write them.
    private const uint Encodings = 0x3b_03_1b_01;
    private const int TableOffset = 12;

    // In an entry of .eh_frame: its length, its CIE, then the first address relative to that place, and the length of the function.
    private const int BeginOffset = 8;
    private const int LengthOffset = 12;
    private const int EntryBytes = 16;

    /// <summary>Functions without names; empty where the file does not say.</summary>
    internal static SymbolTable Read(ElfFile.ReadAt read, IReadOnlyList<Elf.Phdr> segments, Func<ulong, ulong?> offsetOf)
    {
        foreach (Elf.Phdr segment in segments)
        {
            if (segment.Type == Elf.PT_GNU_EH_FRAME)
            {
                return Read(read, segment, offsetOf);
            }
        }

        return SymbolTable.Empty;
    }

    private static SymbolTable Read(ElfFile.ReadAt read, in Elf.Phdr header, Func<ulong, ulong?> offsetOf)
    {
        Span<byte> head = stackalloc byte[TableOffset];
        if (read(header.Offset, head) != head.Length || BinaryPrimitives.ReadUInt32LittleEndian(head) != Encodings)
        {
            return SymbolTable.Empty;
        }

        uint count = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (count is 0 or > MaxFunctions || TableOffset + ((ulong)count * 8) > header.FileSz)
        {
            return SymbolTable.Empty;
        }

        // Pairs: the begin of a function and its entry, both relative to the header.
        var table = new int[count * 2];
        if (read(header.Offset + TableOffset, MemoryMarshal.AsBytes(table.AsSpan())) != table.Length * sizeof(int))
        {
            return SymbolTable.Empty;
        }

        int first = int.MaxValue;
        int last = int.MinValue;
        for (int i = 1; i < table.Length; i += 2)
        {
            (first, last) = (Math.Min(first, table[i]), Math.Max(last, table[i]));
        }

        ulong firstAddress = header.VAddr + (ulong)first;
        ulong bytes = (ulong)((long)last - first) + EntryBytes;
        if (bytes > MaxFrameBytes || offsetOf(firstAddress) is not { } offset)
        {
            return SymbolTable.Empty;
        }

        byte[] frames = new byte[bytes];
        return read(offset, frames) == frames.Length ? Join(table, frames, header.VAddr, first) : SymbolTable.Empty;
    }

    private static SymbolTable Join(int[] table, byte[] frames, ulong headerAddress, int first)
    {
        List<SymbolTable.Entry> functions = new(table.Length / 2);
        for (int i = 0; i < table.Length; i += 2)
        {
            ulong begin = headerAddress + (ulong)table[i];
            ReadOnlySpan<byte> entry = frames.AsSpan(table[i + 1] - first, EntryBytes);
            ulong place = headerAddress + (ulong)table[i + 1] + BeginOffset;
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(entry[LengthOffset..]);

            // Addresses may be encoded otherwise; then what follows is not the length.
            if (place + (ulong)BinaryPrimitives.ReadInt32LittleEndian(entry[BeginOffset..]) == begin && length > 0)
            {
                functions.Add(new SymbolTable.Entry(begin, length, 0, default));
            }
        }

        return new SymbolTable(functions);
    }
}
