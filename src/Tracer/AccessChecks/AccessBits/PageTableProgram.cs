using Damon.Trace.Tracer.Linux;
using static Damon.Trace.Tracer.AccessChecks.AccessBits.BpfRegister;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Writes the page-table reader. It runs in our own thread, takes the address space behind one of our open /proc/PID/pagemap files
/// (current task, its files, the file, its private_data is the mm, its pgd), so that the kernel's own access rules decide whom we may read,
/// and walks its tables once per address. It replaces each address by its leaf entry, with level and PG_young in the bits that
/// <see cref="LeafEntry"/> names; 0 is a hole.
/// The walk takes no lock: an address space that is torn down meanwhile can yield a wrong entry, never a fault.
/// </summary>
internal static class PageTableProgram
{
    // The map's value: what one run is asked, followed by the addresses.
    internal const int DirectMapAt = 0;
    internal const int CountAt = 8;
    internal const int SkippedLevelsAt = 12;
    internal const int FdAt = 16;
    internal const int PgdAt = 24;
    internal const int VmemmapAt = 32;
    internal const int EntriesAt = 64;

    // Level and PG_young, which the program puts there itself.
    private const ulong OwnBits = 7UL << LeafEntry.LevelShift;

    private const int EntrySizeShift = 3;

    // Where the program keeps what calls would destroy, below the stack's end and the word of ReadKernel.
    private const int PgdSlot = -16;
    private const int EntrySlot = -24;
    private const int LevelSlot = -32;
    private const int PageSlot = -40;

    /// <summary>Bytes of the map's value for a program that takes at most so many addresses.</summary>
    internal static int ValueSize(int maxAddresses) => EntriesAt + (maxAddresses * sizeof(ulong));

    /// <summary>Writes the program for one kernel, one map and one loop bound.</summary>
    /// <param name="format">The processor's page tables.</param>
    /// <param name="layout">Offsets of the running kernel.</param>
    /// <param name="mapFd">The map that holds the request and the addresses.</param>
    /// <param name="maxAddresses">Loop bound.</param>
    /// <param name="useCast">Read kernel memory by plain loads (bpf_rdonly_cast) and not by calls of a helper: three to ten times as
    /// fast.</param>
    internal static ulong[] Emit(PageTableFormat format, KernelLayout layout, int mapFd, int maxAddresses, bool useCast)
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
        EmitWalk(code, format, layout);
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
    private static void EmitWalk(KernelAssembler code, PageTableFormat format, KernelLayout layout)
    {
        int hole = code.NewLabel();
        int leaf = code.NewLabel();
        int store = code.NewLabel();
        int levels = format.Shifts.Count;
        int[] entrances = [.. format.Shifts.Select(_ => code.NewLabel())];

        code.Load64(R8, R10, PgdSlot);
        code.Load32(R1, R6, SkippedLevelsAt);
        for (int skipped = 1; skipped <= format.MostSkippedLevels; skipped++)
        {
            code.JumpIfEqual(R1, skipped, entrances[skipped]);
        }

        for (int level = 0; level < levels - 1; level++)
        {
            code.Bind(entrances[level]);
            EmitReadEntry(code, format, level, hole);
            if (levels - level <= format.LeafLevels)
            {
                EmitSetLevel(code, levels - level);
                EmitLeaveWithLeaf(code, format, hole, leaf);
            }
            else
            {
                code.Move(R1, R8);
                code.And(R1, format.Present);
                code.JumpIfEqual(R1, 0, hole);
            }

            EmitDescend(code, format);
        }

        code.Bind(entrances[^1]);
        EmitReadEntry(code, format, levels - 1, hole);
        EmitSetLevel(code, 1);

        code.Bind(leaf);
        code.LoadConstant(R1, ~OwnBits);
        code.And(R8, R1);
        code.Load64(R1, R10, LevelSlot);
        code.ShiftLeft(R1, LeafEntry.LevelShift);
        code.Or(R8, R1);
        if (layout.KnowsPages && layout.PgYoung >= 0)
        {
            EmitRecoverYoung(code, format, layout, store);
        }

        code.Jump(store);
        code.Bind(hole);
        code.Move(R8, 0);
        code.Bind(store);
    }

    /// <summary>R8 = entry for R9 in the table at kernel address R8.</summary>
    private static void EmitReadEntry(KernelAssembler code, PageTableFormat format, int level, int hole)
    {
        int nrEntries = 1 << (format.PageShift - EntrySizeShift);
        code.Move(R3, R9);
        code.ShiftRight(R3, format.Shifts[level]);
        code.And(R3, nrEntries - 1);
        code.ShiftLeft(R3, EntrySizeShift);
        code.Add(R3, R8);
        code.ReadKernel(R8, hole);
    }

    /// <summary>R8 = kernel address of the table that entry R8 points to.</summary>
    private static void EmitDescend(KernelAssembler code, PageTableFormat format)
    {
        code.LoadConstant(R1, format.AddressMask);
        code.And(R8, R1);
        code.Load64(R1, R6, DirectMapAt);
        code.Add(R8, R1);
    }

    /// <summary>
    /// Of a level that may hold leaves: goes on only with a table. An entry without access rights (present bit off, protnone bit on) is
    /// still an entry.
    /// </summary>
    private static void EmitLeaveWithLeaf(KernelAssembler code, PageTableFormat format, int hole, int leaf)
    {
        code.Move(R1, R8);
        code.And(R1, format.Present | format.ProtNone);
        code.JumpIfEqual(R1, 0, hole);
        code.Move(R1, R8);
        code.And(R1, format.LeafBit);
        if (format.LeafBitIsSet)
        {
            code.JumpIfNotEqual(R1, 0, leaf);
        }
        else
        {
            code.JumpIfEqual(R1, 0, leaf);
        }
    }

    private static void EmitSetLevel(KernelAssembler code, int level)
    {
        code.Move(R1, level);
        code.Store64(R10, LevelSlot, R1);
    }

    /// <summary>Present but old: another sampler may have taken the accessed bit; it leaves PG_young in the flags of the folio.</summary>
    private static void EmitRecoverYoung(KernelAssembler code, PageTableFormat format, KernelLayout layout, int store)
    {
        int isTail = code.NewLabel();
        code.Move(R1, R8);
        code.And(R1, format.Present | format.Accessed);
        code.JumpIfNotEqual(R1, format.Present, store);
        code.Load64(R2, R6, VmemmapAt);
        code.JumpIfEqual(R2, 0, store);

        code.LoadConstant(R1, format.AddressMask);
        code.And(R1, R8);
        code.ShiftRight(R1, format.PageShift);
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
