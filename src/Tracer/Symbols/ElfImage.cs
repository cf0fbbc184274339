using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// The functions of an ELF file of 64 bits: <c>.symtab</c>, else <c>.dynsym</c> and, without names, <c>.eh_frame_hdr</c>; and its build id. The file
/// is another process's: whatever is in it, reading it ends, takes bounded memory, and gives at worst no symbols.
/// </summary>
internal sealed class ElfImage
{
    private const int MaxSections = 4096;
    private const ulong MaxTableBytes = 512 << 20;

    private readonly List<Elf.Phdr> _segments;

    // Of a file that was stripped, without names.
    private SymbolTable _functions = SymbolTable.Empty;

    private ElfImage(List<Elf.Phdr> segments, string? buildId)
    {
        _segments = segments;
        BuildId = buildId;
    }

    /// <summary>Its functions at the addresses that the file gives them.</summary>
    internal SymbolTable Symbols { get; private set; } = SymbolTable.Empty;

    /// <summary>Hexadecimal; null where it has none.</summary>
    internal string? BuildId { get; }

    /// <summary>True where it has the table that linkers write and <c>strip</c> removes.</summary>
    internal bool HasFullTable { get; private set; }

    /// <summary>Parses a file; null when it is no ELF file of this kind.</summary>
    internal static ElfImage? TryRead(ElfFile.ReadAt read)
    {
        if (!ElfFile.TryReadHeader(read, out Elf.Ehdr header))
        {
            return null;
        }

        List<Elf.Phdr> segments = ElfFile.ReadSegments(read, header);
        var image = new ElfImage(segments, ElfFile.BuildId(read, segments));
        image.ReadSections(read, header);
        if (!image.HasFullTable)
        {
            image._functions = FunctionExtents.Read(read, segments, image.OffsetOf);
        }

        return image;
    }

    /// <summary>Where the function begins that holds an address, as the file gives them; null where that is not known.</summary>
    internal ulong? StartOf(ulong address) => Symbols.StartOf(address) ?? _functions.StartOf(address);

    /// <summary>The address at which the file puts a byte that it has at an offset; null where it maps none of it.</summary>
    internal ulong? AddressOf(ulong fileOffset)
    {
        foreach (Elf.Phdr segment in _segments)
        {
            if (segment.Type == Elf.PT_LOAD && fileOffset >= segment.Offset && fileOffset - segment.Offset < segment.FileSz)
            {
                return fileOffset - segment.Offset + segment.VAddr;
            }
        }

        return null;
    }

    /// <summary>The opposite: where the file has the byte of an address; null where it has none.</summary>
    internal ulong? OffsetOf(ulong address)
    {
        foreach (Elf.Phdr segment in _segments)
        {
            if (segment.Type == Elf.PT_LOAD && address >= segment.VAddr && address - segment.VAddr < segment.FileSz)
            {
                return address - segment.VAddr + segment.Offset;
            }
        }

        return null;
    }

    /// <summary>Takes the functions of the file in which a distribution keeps those that it stripped off this one.</summary>
    internal void TakeSymbolsOf(ElfImage debug) => (Symbols, HasFullTable) = (debug.Symbols, true);

    private void ReadSections(ElfFile.ReadAt read, in Elf.Ehdr header)
    {
        if (header.ShEntSize < Unsafe.SizeOf<Elf.Shdr>() || header.ShOff == 0)
        {
            return;
        }

        var sections = new List<Elf.Shdr>();
        for (int i = 0; i < Math.Min((int)header.ShNum, MaxSections); i++)
        {
            var section = default(Elf.Shdr);
            if (!ElfFile.TryReadStruct(read, header.ShOff + ((ulong)i * header.ShEntSize), ref section))
            {
                break;
            }

            sections.Add(section);
        }

        List<SymbolTable.Entry> entries = [];
        foreach (Elf.Shdr table in sections.Where(static section => section.Type is Elf.SHT_SYMTAB or Elf.SHT_DYNSYM))
        {
            if (table.Link < sections.Count)
            {
                int before = entries.Count;
                AddSymbols(read, table, sections[(int)table.Link], entries);
                HasFullTable |= table.Type == Elf.SHT_SYMTAB && entries.Count > before;
            }
        }

        Symbols = new SymbolTable(entries);
    }

    private static void AddSymbols(ElfFile.ReadAt read, in Elf.Shdr table, in Elf.Shdr names, List<SymbolTable.Entry> entries)
    {
        if (table.Size is 0 or > MaxTableBytes || names.Size is 0 or > MaxTableBytes)
        {
            return;
        }

        byte[]? symbolBytes = ReadAll(read, table);
        byte[]? nameBytes = ReadAll(read, names);
        if (symbolBytes is null || nameBytes is null)
        {
            return;
        }

        foreach (Elf.Sym symbol in MemoryMarshal.Cast<byte, Elf.Sym>(symbolBytes.AsSpan(0, symbolBytes.Length / 24 * 24)))
        {
            int type = symbol.Info & 15;
            if (type is Elf.STT_FUNC or Elf.STT_GNU_IFUNC && symbol.Shndx != 0 && symbol.Value != 0)
            {
                ReadOnlyMemory<byte> name = SymbolTable.NameAt(nameBytes, symbol.Name);
                if (!name.IsEmpty)
                {
                    entries.Add(new SymbolTable.Entry(symbol.Value, symbol.Size, RankOf(symbol, name.Span), name));
                }
            }
        }
    }

    // Of several names of a function the one that others use, not one with underscores in front; and one that says its length.
    private static int RankOf(in Elf.Sym symbol, ReadOnlySpan<byte> name) =>
        (symbol.Size > 0 ? 4 : 0) + (symbol.Info >> 4 == Elf.STB_GLOBAL ? 2 : 0) + (name[0] != '_' || name.StartsWith("_Z"u8) ? 1 : 0);

    private static byte[]? ReadAll(ElfFile.ReadAt read, in Elf.Shdr section)
    {
        // A size that the file does not have must not be allocated: its last byte is read first.
        Span<byte> last = stackalloc byte[1];
        if (section.Offset > long.MaxValue || read(section.Offset + section.Size - 1, last) != 1)
        {
            return null;
        }

        byte[] bytes = new byte[(int)section.Size];
        return read(section.Offset, bytes) == bytes.Length ? bytes : null;
    }
}
