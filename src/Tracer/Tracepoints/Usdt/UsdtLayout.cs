using System.Runtime.CompilerServices;
using System.Text;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>
/// Where everything lies in the library. Addresses before loading equal file offsets, so one number serves the loader, the probe's note and
/// the tracers. First segment, read and execute: headers to probe; second, writable: dynamic table and semaphore; then what is not loaded.
/// </summary>
internal sealed class UsdtLayout
{
    /// <summary>Null symbol, function, semaphore.</summary>
    internal const int NrSymbols = 3;

    /// <summary>DT_SONAME, HASH, STRTAB, SYMTAB, STRSZ, SYMENT and the closing DT_NULL.</summary>
    internal const int NrDynamic = 7;

    /// <summary>Two PT_LOAD, PT_DYNAMIC, PT_NOTE and PT_GNU_STACK.</summary>
    internal const int NrSegments = 5;

    /// <summary>nbucket, nchain, one bucket and a chain entry per symbol.</summary>
    internal const int HashSize = sizeof(uint) * (2 + 1 + NrSymbols);

    internal const int BuildIdSize = 20;
    internal const int SemaphoreSize = sizeof(ushort);

    private int _end;

    internal UsdtLayout(UsdtMachine machine)
    {
        SoNameIndex = DynamicStrings.Add(UsdtImage.SoName);
        FunctionIndex = DynamicStrings.Add(UsdtImage.FunctionName);
        SemaphoreIndex = DynamicStrings.Add(UsdtImage.SemaphoreName);

        Reserve(Unsafe.SizeOf<Elf.Ehdr>() + (NrSegments * Unsafe.SizeOf<Elf.Phdr>()), 1);
        BuildIdNote = Reserve(Unsafe.SizeOf<Elf.Nhdr>() + "GNU\0"u8.Length + BuildIdSize, 4);
        Hash = Reserve(HashSize, 8);
        Symbols = Reserve(NrSymbols * Unsafe.SizeOf<Elf.Sym>(), 8);
        Strings = Reserve(DynamicStrings.Length, 1);
        Text = Reserve(machine.Code.Length, 64);
        Base = Reserve(1, 8);
        CodeEnd = _end;

        Dynamic = Reserve(NrDynamic * Unsafe.SizeOf<Elf.Dyn>(), machine.SegmentAlignment);
        Semaphore = Reserve(SemaphoreSize, 8);
        DataEnd = _end;

        ProbeText = Encoding.ASCII.GetBytes($"{UsdtImage.Provider}\0{UsdtImage.ProbeName}\0{machine.Arguments}\0");
        ProbeNote = Reserve(Align(Unsafe.SizeOf<Elf.Nhdr>() + "stapsdt\0"u8.Length + (3 * sizeof(ulong)) + ProbeText.Length, 4), 4);
        ProbeNoteEnd = _end;
    }

    /// <summary>Names of the dynamic symbols.</summary>
    internal ElfStringTable DynamicStrings { get; } = new();

    internal uint SoNameIndex { get; }

    internal uint FunctionIndex { get; }

    internal uint SemaphoreIndex { get; }

    internal int BuildIdNote { get; }

    internal int BuildIdHash => BuildIdNote + Unsafe.SizeOf<Elf.Nhdr>() + "GNU\0"u8.Length;

    internal int Hash { get; }

    internal int Symbols { get; }

    internal int Strings { get; }

    /// <summary>The function, whose first instruction is the probe.</summary>
    internal int Text { get; }

    /// <summary>The byte .stapsdt.base: tools compare its address with the note's to see whether the file was prelinked.</summary>
    internal int Base { get; }

    internal int CodeEnd { get; }

    internal int Dynamic { get; }

    internal int Semaphore { get; }

    internal int DataEnd { get; }

    /// <summary>Provider, probe and arguments, each NUL-terminated.</summary>
    internal byte[] ProbeText { get; }

    internal int ProbeNote { get; }

    internal int ProbeNoteEnd { get; }

    internal static int Align(int value, int alignment) => (value + alignment - 1) & ~(alignment - 1);

    private int Reserve(int size, int alignment)
    {
        int start = Align(_end, alignment);
        _end = start + size;
        return start;
    }
}
