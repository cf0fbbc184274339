using Damon.Trace.Tracer.Linux;
using static Damon.Trace.Tracer.AccessChecks.AccessBits.BpfRegister;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Writes the page-table reader. It runs in our own thread, takes the address space behind one of our open /proc/PID/pagemap files
/// (current task, its files, the file, its private_data is the mm, its pgd), so that the kernel's own access rules decide whom we may read,
/// and walks x86-64's tables once per address. It replaces each address by its leaf entry as <see cref="LeafEntry"/> describes it; 0 is a
/// hole.
/// The walk takes no lock: an address space that is torn down meanwhile can yield a wrong entry, never a fault.
/// </summary>
internal static class PageTableProgram
{
    // The map's value: what one run is asked, followed by the addresses.
    internal const int DirectMapAt = 0;
    internal const int CountAt = 8;
    internal const int FiveLevelsAt = 12;
    internal const int FdAt = 16;
    internal const int PgdAt = 24;
    internal const int VmemmapAt = 32;
    internal const int EntriesAt = 64;

    private const ulong TableMask = 0x000ffffffffff000;
    private const ulong LevelMask = 3UL << LeafEntry.LevelShift;
    private const int PresentBit = 1;
    private const int AccessedBit = 1 << 5;
    private const int PageSizeBit = 1 << 7;
    private const int PageFrameShift = 12;

    // Where the program keeps what calls would destroy, below the stack's end and the word of ReadKernel.
    private const int PgdSlot = -16;
    private const int EntrySlot = -24;
    private const int LevelSlot = -32;
    private const int PageSlot = -40;

    /// <summary>Bytes of the map's value for a program that takes at most so many addresses.</summary>
    internal static int ValueSize(int maxAddresses) => EntriesAt + (maxAddresses * sizeof(ulong));

    /// <summary>Writes the program for one kernel, one map and one loop bound.</summary>
    /// <param name="layout">Offsets of the running kernel.</param>
    /// <param name="mapFd">The map that holds the request and the addresses.</param>
    /// <param name="maxAddresses">Loop bound.</param>
    /// <param name="useCast">Read kernel memory by plain loads (bpf_rdonly_cast) and not by calls of a helper: three to ten times as
    /// fast.</param>
    internal static ulong[] Emit(KernelLayout layout, int mapFd, int maxAddresses, bool useCast)
    {
        var code = new KernelAssembler(useCast ? layout.ReadOnlyCast : KernelAssembler.NoCast);
        int failed = code.NewLabel();
        int loop = code.NewLabel();
        int done = code.NewLabel();

        code.LoadMapValue(R6, mapFd);
        EmitFindPgd(code, layout, failed);
        code.JumpIfEqual(R3, 0, failed);
        code.Store64(R6, PgdAt, R3);
        code.Store64(R10, PgdSlot, R3);

        code.Move(R7, 0);
        code.Bind(loop);
        code.Load32(R1, R6, CountAt);
        code.JumpIfGreaterOrEqual(R7, R1, done);
        code.JumpIfGreaterOrEqual(R7, maxAddresses, done);
        code.Move(R2, R7);
        code.ShiftLeft(R2, 3);
        code.Add(R2, R6);
        code.Load64(R9, R2, EntriesAt);
        code.Store64(R10, EntrySlot, R2);
        EmitWalk(code, layout);
        code.Load64(R2, R10, EntrySlot);
        code.Store64(R2, EntriesAt, R8);
        code.Add(R7, 1);
        code.Jump(loop);

        code.Bind(done);
        code.Move(R0, 0);
        code.Exit();
        code.Bind(failed);
        code.Move(R0, 1);
        code.Exit();
        return code.ToInstructions();
    }

    /// <summary>R3 = current->files->fdt->fd[n]->private_data->pgd.</summary>
    private static void EmitFindPgd(KernelAssembler code, KernelLayout layout, int failed)
    {
        code.Call(Bpf.BPF_FUNC_get_current_task);
        code.Move(R3, R0);
        EmitFollow(code, layout.TaskFiles, failed);
        EmitFollow(code, layout.FilesFdTable, failed);
        EmitFollow(code, layout.FdTableFds, failed);
        code.Load64(R1, R6, FdAt);
        code.ShiftLeft(R1, 3);
        code.Add(R3, R1);
        EmitFollow(code, 0, failed);
        EmitFollow(code, layout.FilePrivateData, failed);
        EmitFollow(code, layout.MmPgd, failed);
    }

    /// <summary>R3 = *(R3 + offset).</summary>
    private static void EmitFollow(KernelAssembler code, int offset, int failed)
    {
        code.Add(R3, offset);
        code.ReadKernel(R3, failed);
    }

    /// <summary>R8 = leaf entry of address R9.</summary>
    private static void EmitWalk(KernelAssembler code, KernelLayout layout)
    {
        int fourLevels = code.NewLabel();
        int hole = code.NewLabel();
        int leaf = code.NewLabel();
        int store = code.NewLabel();

        code.Load64(R8, R10, PgdSlot);
        code.Load32(R1, R6, FiveLevelsAt);
        code.JumpIfEqual(R1, 0, fourLevels);

        // Unproved: no machine with five levels was at hand.
        EmitTableStep(code, shift: 48, hole);
        code.Bind(fourLevels);
        EmitTableStep(code, shift: 39, hole);
        EmitLargeStep(code, shift: 30, level: 3, hole, leaf);
        EmitLargeStep(code, shift: 21, level: 2, hole, leaf);
        EmitReadEntry(code, shift: 12, hole);
        EmitSetLevel(code, 1);

        code.Bind(leaf);
        code.LoadConstant(R1, ~LevelMask);
        code.And(R8, R1);
        code.Load64(R1, R10, LevelSlot);
        code.ShiftLeft(R1, LeafEntry.LevelShift);
        code.Or(R8, R1);
        if (layout.KnowsPages && layout.PgYoung >= 0)
        {
            EmitRecoverYoung(code, layout, store);
        }

        code.Jump(store);
        code.Bind(hole);
        code.Move(R8, 0);
        code.Bind(store);
    }

    /// <summary>R8 = entry for R9 in the table at kernel address R8.</summary>
    private static void EmitReadEntry(KernelAssembler code, int shift, int hole)
    {
        code.Move(R3, R9);
        code.ShiftRight(R3, shift);
        code.And(R3, 511);
        code.ShiftLeft(R3, 3);
        code.Add(R3, R8);
        code.ReadKernel(R8, hole);
    }

    /// <summary>R8 = kernel address of the table that entry R8 points to.</summary>
    private static void EmitDescend(KernelAssembler code)
    {
        code.LoadConstant(R1, TableMask);
        code.And(R8, R1);
        code.Load64(R1, R6, DirectMapAt);
        code.Add(R8, R1);
    }

    private static void EmitTableStep(KernelAssembler code, int shift, int hole)
    {
        EmitReadEntry(code, shift, hole);
        code.Move(R1, R8);
        code.And(R1, PresentBit);
        code.JumpIfEqual(R1, 0, hole);
        EmitDescend(code);
    }

    /// <summary>
    /// One level that may be a leaf. An entry without access rights (present bit off, protnone bit on) is still an entry.
    /// </summary>
    private static void EmitLargeStep(KernelAssembler code, int shift, int level, int hole, int leaf)
    {
        EmitReadEntry(code, shift, hole);
        code.Move(R1, R8);
        code.And(R1, PresentBit | (int)LeafEntry.ProtNone);
        code.JumpIfEqual(R1, 0, hole);
        EmitSetLevel(code, level);
        code.Move(R1, R8);
        code.And(R1, PageSizeBit);
        code.JumpIfNotEqual(R1, 0, leaf);
        EmitDescend(code);
    }

    private static void EmitSetLevel(KernelAssembler code, int level)
    {
        code.Move(R1, level);
        code.Store64(R10, LevelSlot, R1);
    }

    /// <summary>Present but old: another sampler may have taken the accessed bit; it leaves PG_young in the flags of the folio.</summary>
    private static void EmitRecoverYoung(KernelAssembler code, KernelLayout layout, int store)
    {
        int isTail = code.NewLabel();
        code.Move(R1, R8);
        code.And(R1, PresentBit | AccessedBit);
        code.JumpIfNotEqual(R1, PresentBit, store);
        code.Load64(R2, R6, VmemmapAt);
        code.JumpIfEqual(R2, 0, store);

        code.LoadConstant(R1, TableMask);
        code.And(R1, R8);
        code.ShiftRight(R1, PageFrameShift);
        code.Multiply(R1, layout.PageSizeBytes);
        code.Add(R1, R2);
        code.Store64(R10, PageSlot, R1);

        // A tail page's compound_head is its head's address + 1.
        code.Move(R3, R1);
        code.Add(R3, layout.PageCompoundHead);
        code.ReadKernel(R3, store);
        code.Move(R1, R3);
        code.And(R1, 1);
        code.JumpIfNotEqual(R1, 0, isTail);
        code.Load64(R3, R10, PageSlot);
        code.Add(R3, 1);
        code.Bind(isTail);
        code.Add(R3, layout.PageFlags - 1);
        code.ReadKernel(R1, store);
        code.ShiftRight(R1, layout.PgYoung);
        code.And(R1, 1);
        code.ShiftLeft(R1, LeafEntry.RecoveredShift);
        code.Or(R8, R1);
    }
}
