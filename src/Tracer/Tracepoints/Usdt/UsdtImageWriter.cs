using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>Fills the library's bytes. Loaders need the segments; the tools that look for probes go by the names of the sections.</summary>
internal sealed class UsdtImageWriter
{
    // Indices in the section table, where other sections refer to them.
    private const uint SymbolsSection = 3;
    private const uint StringsSection = 4;
    private const ushort TextSection = 5;
    private const ushort SemaphoreSection = 8;

    private readonly UsdtMachine _machine;
    private readonly UsdtLayout _layout;
    private readonly ElfStringTable _names = new();
    private readonly List<Elf.Shdr> _sections = [default];
    private readonly int _namesOffset;
    private readonly int _sectionsOffset;
    private readonly byte[] _bytes;

    internal UsdtImageWriter(UsdtMachine machine, UsdtLayout layout)
    {
        _machine = machine;
        _layout = layout;
        _namesOffset = layout.ProbeNoteEnd;
        AddSections();
        _sectionsOffset = UsdtLayout.Align(_namesOffset + _names.Length, 8);
        _bytes = new byte[_sectionsOffset + (_sections.Count * Unsafe.SizeOf<Elf.Shdr>())];
    }

    internal byte[] Write()
    {
        WriteHeader();
        WriteSegments();
        WriteBuildIdNote();
        WriteSymbols();
        WriteDynamic();
        WriteProbeNote();

        _layout.DynamicStrings.CopyTo(_bytes.AsSpan(_layout.Strings));
        _machine.Code.CopyTo(_bytes, _layout.Text);
        _names.CopyTo(_bytes.AsSpan(_namesOffset));
        for (int i = 0; i < _sections.Count; i++)
        {
            Put(_sectionsOffset + (i * Unsafe.SizeOf<Elf.Shdr>()), _sections[i]);
        }

        return _bytes;
    }

    private void AddSections()
    {
        const ulong code = Elf.SHF_ALLOC;
        const ulong data = Elf.SHF_ALLOC | Elf.SHF_WRITE;
        UsdtLayout at = _layout;
        int noteSize = at.BuildIdHash + UsdtLayout.BuildIdSize - at.BuildIdNote;
        int symbolsSize = UsdtLayout.NrSymbols * Unsafe.SizeOf<Elf.Sym>();
        int dynamicSize = UsdtLayout.NrDynamic * Unsafe.SizeOf<Elf.Dyn>();

        AddSection(".note.gnu.build-id", Elf.SHT_NOTE, code, at.BuildIdNote, noteSize, 4);
        AddSection(".hash", Elf.SHT_HASH, code, at.Hash, UsdtLayout.HashSize, 8, link: SymbolsSection, entrySize: sizeof(uint));
        AddSection(".dynsym", Elf.SHT_DYNSYM, code, at.Symbols, symbolsSize, 8, StringsSection, 1, Unsafe.SizeOf<Elf.Sym>());
        AddSection(".dynstr", Elf.SHT_STRTAB, code, at.Strings, at.DynamicStrings.Length, 1);
        AddSection(".text", Elf.SHT_PROGBITS, code | Elf.SHF_EXECINSTR, at.Text, _machine.Code.Length, 64);
        AddSection(".stapsdt.base", Elf.SHT_PROGBITS, code, at.Base, 1, 1);
        AddSection(".dynamic", Elf.SHT_DYNAMIC, data, at.Dynamic, dynamicSize, 8, StringsSection, 0, Unsafe.SizeOf<Elf.Dyn>());
        AddSection(".probes", Elf.SHT_PROGBITS, data, at.Semaphore, UsdtLayout.SemaphoreSize, 2);
        AddSection(".note.stapsdt", Elf.SHT_NOTE, 0, at.ProbeNote, at.ProbeNoteEnd - at.ProbeNote, 4);

        // Its size includes its own name, so the name comes first.
        uint name = _names.Add(".shstrtab");
        _sections.Add(new Elf.Shdr
        {
            Name = name,
            Type = Elf.SHT_STRTAB,
            Offset = (ulong)_namesOffset,
            Size = (ulong)_names.Length,
            AddrAlign = 1,
        });
    }

    private void AddSection(
        string name, uint type, ulong flags, int offset, int size, int alignment, uint link = 0, uint info = 0, int entrySize = 0)
    {
        _sections.Add(new Elf.Shdr
        {
            Name = _names.Add(name),
            Type = type,
            Flags = flags,
            Addr = (flags & Elf.SHF_ALLOC) != 0 ? (ulong)offset : 0,
            Offset = (ulong)offset,
            Size = (ulong)size,
            Link = link,
            Info = info,
            AddrAlign = (ulong)alignment,
            EntSize = (ulong)entrySize,
        });
    }

    private void WriteHeader()
    {
        Put(0, new Elf.Ehdr
        {
            Magic = 0x464C457F,
            Class = Elf.ELFCLASS64,
            Data = Elf.ELFDATA2LSB,
            IdentVersion = Elf.EV_CURRENT,
            Type = Elf.ET_DYN,
            Machine = _machine.ElfMachine,
            Version = Elf.EV_CURRENT,
            PhOff = (ulong)Unsafe.SizeOf<Elf.Ehdr>(),
            ShOff = (ulong)_sectionsOffset,
            EhSize = (ushort)Unsafe.SizeOf<Elf.Ehdr>(),
            PhEntSize = (ushort)Unsafe.SizeOf<Elf.Phdr>(),
            PhNum = UsdtLayout.NrSegments,
            ShEntSize = (ushort)Unsafe.SizeOf<Elf.Shdr>(),
            ShNum = (ushort)_sections.Count,
            ShStrNdx = (ushort)(_sections.Count - 1),
        });
    }

    private void WriteSegments()
    {
        int dynamicSize = UsdtLayout.NrDynamic * Unsafe.SizeOf<Elf.Dyn>();
        int noteSize = _layout.BuildIdHash + UsdtLayout.BuildIdSize - _layout.BuildIdNote;
        PutSegment(0, Elf.PT_LOAD, Elf.PF_R | Elf.PF_X, 0, _layout.CodeEnd, _machine.SegmentAlignment);
        PutSegment(1, Elf.PT_LOAD, Elf.PF_R | Elf.PF_W, _layout.Dynamic, _layout.DataEnd - _layout.Dynamic, _machine.SegmentAlignment);
        PutSegment(2, Elf.PT_DYNAMIC, Elf.PF_R | Elf.PF_W, _layout.Dynamic, dynamicSize, 8);
        PutSegment(3, Elf.PT_NOTE, Elf.PF_R, _layout.BuildIdNote, noteSize, 4);

        // Without it the loader assumes that the library wants an executable stack.
        PutSegment(4, Elf.PT_GNU_STACK, Elf.PF_R | Elf.PF_W, 0, 0, 16);
    }

    private void PutSegment(int index, uint type, uint flags, int offset, int size, int alignment)
    {
        Put(Unsafe.SizeOf<Elf.Ehdr>() + (index * Unsafe.SizeOf<Elf.Phdr>()), new Elf.Phdr
        {
            Type = type,
            Flags = flags,
            Offset = (ulong)offset,
            VAddr = (ulong)offset,
            PAddr = (ulong)offset,
            FileSz = (ulong)size,
            MemSz = (ulong)size,
            Align = (ulong)alignment,
        });
    }

    private void WriteBuildIdNote()
    {
        Put(_layout.BuildIdNote, new Elf.Nhdr { NameSz = 4, DescSz = UsdtLayout.BuildIdSize, Type = Elf.NT_GNU_BUILD_ID });
        "GNU\0"u8.CopyTo(_bytes.AsSpan(_layout.BuildIdNote + Unsafe.SizeOf<Elf.Nhdr>()));
    }

    private void WriteSymbols()
    {
        int size = Unsafe.SizeOf<Elf.Sym>();
        Put(_layout.Symbols + size, new Elf.Sym
        {
            Name = _layout.FunctionIndex,
            Info = Elf.GlobalFunction,
            Shndx = TextSection,
            Value = (ulong)_layout.Text,
            Size = (ulong)_machine.Code.Length,
        });
        Put(_layout.Symbols + (2 * size), new Elf.Sym
        {
            Name = _layout.SemaphoreIndex,
            Info = Elf.GlobalObject,
            Shndx = SemaphoreSection,
            Value = (ulong)_layout.Semaphore,
            Size = UsdtLayout.SemaphoreSize,
        });

        // One bucket starts at symbol 1, whose chain goes on to 2 and ends: nbucket, nchain, bucket[1], chain[3].
        ReadOnlySpan<uint> hash = [1, UsdtLayout.NrSymbols, 1, 0, 2, 0];
        MemoryMarshal.AsBytes(hash).CopyTo(_bytes.AsSpan(_layout.Hash));
    }

    private void WriteDynamic()
    {
        ReadOnlySpan<Elf.Dyn> entries =
        [
            new() { Tag = Elf.DT_SONAME, Value = _layout.SoNameIndex },
            new() { Tag = Elf.DT_HASH, Value = (ulong)_layout.Hash },
            new() { Tag = Elf.DT_STRTAB, Value = (ulong)_layout.Strings },
            new() { Tag = Elf.DT_SYMTAB, Value = (ulong)_layout.Symbols },
            new() { Tag = Elf.DT_STRSZ, Value = (ulong)_layout.DynamicStrings.Length },
            new() { Tag = Elf.DT_SYMENT, Value = (ulong)Unsafe.SizeOf<Elf.Sym>() },
            default,
        ];
        MemoryMarshal.AsBytes(entries).CopyTo(_bytes.AsSpan(_layout.Dynamic));
    }

    /// <summary>The note of sys/sdt.h: addresses of probe, base and semaphore, then the strings.</summary>
    private void WriteProbeNote()
    {
        ReadOnlySpan<byte> owner = "stapsdt\0"u8;
        int descriptionSize = (3 * sizeof(ulong)) + _layout.ProbeText.Length;
        int at = _layout.ProbeNote;
        Put(at, new Elf.Nhdr { NameSz = (uint)owner.Length, DescSz = (uint)descriptionSize, Type = Elf.NT_STAPSDT });
        at += Unsafe.SizeOf<Elf.Nhdr>();
        owner.CopyTo(_bytes.AsSpan(at));
        at += owner.Length;
        Put(at, (ulong)_layout.Text);
        Put(at + sizeof(ulong), (ulong)_layout.Base);
        Put(at + (2 * sizeof(ulong)), (ulong)_layout.Semaphore);
        _layout.ProbeText.CopyTo(_bytes, at + (3 * sizeof(ulong)));
    }

    // Little endian, as both machines are and every .NET on Linux that can load the library.
    private void Put<T>(int offset, in T value)
        where T : unmanaged => MemoryMarshal.Write(_bytes.AsSpan(offset), in value);
}
