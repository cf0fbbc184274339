using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// The headers of an ELF file of 64 bits, and its build id: note NT_GNU_BUILD_ID of its segments (gABI, PT_NOTE). Whatever is in the file, reading
/// it ends and takes bounded memory.
/// </summary>
internal static class ElfFile
{
    private const uint Magic = 0x464c457f;
    private const int MaxSegments = 1024;
    private const int MaxNoteBytes = 1 << 16;
    private const uint MaxBuildIdBytes = 64;

    /// <summary>Reads bytes at an offset of the file into a buffer; fewer where it ends.</summary>
    internal delegate int ReadAt(ulong offset, Span<byte> buffer);

    /// <summary>False when it is no little-endian ELF file of 64 bits.</summary>
    internal static bool TryReadHeader(ReadAt read, out Elf.Ehdr header)
    {
        header = default;
        return TryReadStruct(read, 0, ref header) && header.Magic == Magic && header.Class == Elf.ELFCLASS64 && header.Data == Elf.ELFDATA2LSB;
    }

    /// <summary>The segments up to the first that cannot be read.</summary>
    internal static List<Elf.Phdr> ReadSegments(ReadAt read, in Elf.Ehdr header)
    {
        var segments = new List<Elf.Phdr>();
        var segment = default(Elf.Phdr);
        for (int i = 0; i < Math.Min((int)header.PhNum, MaxSegments) && header.PhEntSize >= Unsafe.SizeOf<Elf.Phdr>()
            && TryReadStruct(read, header.PhOff + ((ulong)i * header.PhEntSize), ref segment); i++)
        {
            segments.Add(segment);
        }

        return segments;
    }

    /// <summary>In hexadecimal; null for a file that has none, or is damaged.</summary>
    internal static string? BuildId(ReadAt read, IReadOnlyList<Elf.Phdr> segments)
    {
        foreach (Elf.Phdr segment in segments.Where(static segment => segment.Type == Elf.PT_NOTE && segment.FileSz <= MaxNoteBytes))
        {
            byte[] notes = new byte[(int)segment.FileSz];
            if (segment.Offset <= long.MaxValue && read(segment.Offset, notes) == notes.Length && FindBuildId(notes) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>False where the file ends before.</summary>
    internal static bool TryReadStruct<T>(ReadAt read, ulong offset, ref T value)
        where T : unmanaged
    {
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<T>()];
        if (offset > long.MaxValue || read(offset, bytes) != bytes.Length)
        {
            return false;
        }

        value = MemoryMarshal.Read<T>(bytes);
        return true;
    }

    private static string? FindBuildId(ReadOnlySpan<byte> notes)
    {
        int headerBytes = Unsafe.SizeOf<Elf.Nhdr>();
        while (notes.Length >= headerBytes)
        {
            Elf.Nhdr note = MemoryMarshal.Read<Elf.Nhdr>(notes);
            ulong name = ((ulong)note.NameSz + 3) & ~3UL;
            ulong description = ((ulong)note.DescSz + 3) & ~3UL;
            if ((ulong)headerBytes + name + description > (ulong)notes.Length)
            {
                return null;
            }

            if (note.Type == Elf.NT_GNU_BUILD_ID && note.DescSz is > 0 and <= MaxBuildIdBytes
                && notes.Slice(headerBytes, (int)note.NameSz).SequenceEqual("GNU\0"u8))
            {
                return Convert.ToHexStringLower(notes.Slice(headerBytes + (int)name, (int)note.DescSz));
            }

            notes = notes[(headerBytes + (int)name + (int)description)..];
        }

        return null;
    }
}
