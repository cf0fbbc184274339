using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>elf.h: the parts of a 64-bit ELF shared library. Constants and structs keep the header's spelling and order.</summary>
internal static class Elf
{
    internal const byte ELFCLASS64 = 2;
    internal const byte ELFDATA2LSB = 1;
    internal const byte EV_CURRENT = 1;
    internal const ushort ET_DYN = 3;
    internal const ushort EM_X86_64 = 62;
    internal const ushort EM_AARCH64 = 183;

    internal const uint PT_LOAD = 1;
    internal const uint PT_DYNAMIC = 2;
    internal const uint PT_NOTE = 4;
    internal const uint PT_GNU_EH_FRAME = 0x6474e550;
    internal const uint PT_GNU_STACK = 0x6474e551;
    internal const uint PF_X = 1;
    internal const uint PF_W = 2;
    internal const uint PF_R = 4;

    internal const uint SHT_PROGBITS = 1;
    internal const uint SHT_SYMTAB = 2;
    internal const uint SHT_STRTAB = 3;
    internal const uint SHT_HASH = 5;
    internal const uint SHT_DYNAMIC = 6;
    internal const uint SHT_NOTE = 7;
    internal const uint SHT_DYNSYM = 11;
    internal const ulong SHF_WRITE = 1;
    internal const ulong SHF_ALLOC = 2;
    internal const ulong SHF_EXECINSTR = 4;

    internal const ulong DT_HASH = 4;
    internal const ulong DT_STRTAB = 5;
    internal const ulong DT_SYMTAB = 6;
    internal const ulong DT_STRSZ = 10;
    internal const ulong DT_SYMENT = 11;
    internal const ulong DT_SONAME = 14;

    internal const uint NT_GNU_BUILD_ID = 3;

    /// <summary>NT_STAPSDT of SystemTap's sys/sdt.h, the type of a probe's note.</summary>
    internal const uint NT_STAPSDT = 3;

    internal const byte STB_GLOBAL = 1;
    internal const byte STT_FUNC = 2;
    internal const byte STT_GNU_IFUNC = 10;

    /// <summary>ELF64_ST_INFO(STB_GLOBAL, STT_FUNC).</summary>
    internal const byte GlobalFunction = 0x12;

    /// <summary>ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT).</summary>
    internal const byte GlobalObject = 0x11;

    /// <summary>Elf64_Ehdr, 64 bytes; e_ident is written out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Ehdr
    {
        internal uint Magic;
        internal byte Class;
        internal byte Data;
        internal byte IdentVersion;
        internal byte OsAbi;
        internal ulong IdentPad;
        internal ushort Type;
        internal ushort Machine;
        internal uint Version;
        internal ulong Entry;
        internal ulong PhOff;
        internal ulong ShOff;
        internal uint Flags;
        internal ushort EhSize;
        internal ushort PhEntSize;
        internal ushort PhNum;
        internal ushort ShEntSize;
        internal ushort ShNum;
        internal ushort ShStrNdx;
    }

    /// <summary>Elf64_Phdr, 56 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Phdr
    {
        internal uint Type;
        internal uint Flags;
        internal ulong Offset;
        internal ulong VAddr;
        internal ulong PAddr;
        internal ulong FileSz;
        internal ulong MemSz;
        internal ulong Align;
    }

    /// <summary>Elf64_Shdr, 64 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Shdr
    {
        internal uint Name;
        internal uint Type;
        internal ulong Flags;
        internal ulong Addr;
        internal ulong Offset;
        internal ulong Size;
        internal uint Link;
        internal uint Info;
        internal ulong AddrAlign;
        internal ulong EntSize;
    }

    /// <summary>Elf64_Sym, 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Sym
    {
        internal uint Name;
        internal byte Info;
        internal byte Other;
        internal ushort Shndx;
        internal ulong Value;
        internal ulong Size;
    }

    /// <summary>Elf64_Dyn, 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Dyn
    {
        internal ulong Tag;
        internal ulong Value;
    }

    /// <summary>Elf64_Nhdr, 12 bytes; the name and the description follow, each padded to 4.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Nhdr
    {
        internal uint NameSz;
        internal uint DescSz;
        internal uint Type;
    }
}
