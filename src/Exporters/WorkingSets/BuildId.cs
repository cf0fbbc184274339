using System.Buffers.Binary;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>The build id of an ELF file: note NT_GNU_BUILD_ID of its program headers (gABI, PT_NOTE).</summary>
internal static class BuildId
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int MostProgramHeaders = 256;
    private const int MostNoteBytes = 1 << 16;
    private const uint PT_NOTE = 4;
    private const uint NT_GNU_BUILD_ID = 3;

    /// <summary>In hexadecimal; null for a file that is no 64-bit little-endian ELF file, has none, or is damaged.</summary>
    internal static string? Of(FileStream file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!TryRead(file, 0, header) || !header.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return null;
        }

        ulong tableOffset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int entryBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (entryBytes != ProgramHeaderBytes || entries > MostProgramHeaders)
        {
            return null;
        }

        Span<byte> entry = stackalloc byte[ProgramHeaderBytes];
        for (int i = 0; i < entries && TryRead(file, tableOffset + (ulong)(i * ProgramHeaderBytes), entry); i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == PT_NOTE
                && OfNotes(file, BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[32..])) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private static string? OfNotes(FileStream file, ulong offset, ulong size)
    {
        byte[] notes = new byte[Math.Min(size, MostNoteBytes)];
        if (!TryRead(file, offset, notes))
        {
            return null;
        }

        ReadOnlySpan<byte> rest = notes;
        while (rest.Length >= 12)
        {
            uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            uint idSize = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]);
            long idBegin = 12 + Padded(nameSize);
            long next = idBegin + Padded(idSize);
            if (next > rest.Length)
            {
                return null;
            }

            if (type == NT_GNU_BUILD_ID && rest[12..].StartsWith("GNU\0"u8) && nameSize == 4 && idSize is > 0 and <= 64)
            {
                return Convert.ToHexStringLower(rest.Slice((int)idBegin, (int)idSize));
            }

            rest = rest[(int)next..];
        }

        return null;
    }

    private static long Padded(uint size) => ((long)size + 3) & ~3L;

    private static bool TryRead(FileStream file, ulong offset, Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length && offset + (ulong)bytes.Length <= (ulong)file.Length)
        {
            int read = RandomAccess.Read(file.SafeFileHandle, bytes[done..], (long)offset + done);
            if (read == 0)
            {
                return false;
            }

            done += read;
        }

        return done == bytes.Length;
    }
}
