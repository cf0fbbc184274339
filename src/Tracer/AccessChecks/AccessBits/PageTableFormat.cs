using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// The page tables of one processor architecture and page size, as data: everything the page-table program and its reader must know of
/// them. Levels are counted from the top; small address spaces leave the first ones out.
/// </summary>
internal sealed record PageTableFormat
{
    private const ulong GiB = 1UL << 30;

    internal required string Name { get; init; }

    /// <summary>Bits of the offset in a page.</summary>
    internal required int PageShift { get; init; }

    /// <summary>Lowest address bit of the index into the tables of each level, of the largest address space.</summary>
    internal required IReadOnlyList<int> Shifts { get; init; }

    /// <summary>How many of the last levels may hold leaves; the very last holds nothing else.</summary>
    internal required int LeafLevels { get; init; }

    /// <summary>Bits of an entry that hold the physical address.</summary>
    internal required ulong AddressMask { get; init; }

    /// <summary>An entry with none of these is a hole, except where <see cref="ProtNone"/> says otherwise.</summary>
    internal required int Present { get; init; }

    /// <summary>Without the present bit: mapped, but with no access rights; 0 where that cannot be told.</summary>
    internal int ProtNone { get; init; }

    /// <summary>The bit that tells, above the last level, whether an entry is a leaf.</summary>
    internal required int LeafBit { get; init; }

    /// <summary>Whether <see cref="LeafBit"/> is set in a leaf (x86-64: page size) or clear (arm64: table).</summary>
    internal required bool LeafBitIsSet { get; init; }

    internal required int Accessed { get; init; }

    /// <summary>Software's bit of pages the kernel keeps no count of: the zero page, memory of devices.</summary>
    internal required ulong Special { get; init; }

    /// <summary>Levels that the smallest address space leaves out.</summary>
    internal required int MostSkippedLevels { get; init; }

    /// <summary>Numbers of levels to leave out, to be tried in this order, for a given kernel address of a top table.</summary>
    internal required Func<ulong, IReadOnlyList<int>> SkippedLevels { get; init; }

    /// <summary>Where the struct pages may lie: where they usually do, and all other places in steps.</summary>
    internal required Func<ulong, int, VmemmapPlaces> Vmemmap { get; init; }

    /// <summary>True where entries are what <see cref="LeafEntry"/> expects; others are translated.</summary>
    internal bool IsNative => ReferenceEquals(this, X64);

    /// <summary>Bytes that an entry of the level above the last maps: the largest unit that is cleared at once.</summary>
    internal ulong LargePageSize => 1UL << Shifts[^2];

    /// <summary>
    /// x86-64 (AMD64 Architecture Programmer's Manual, volume 2, 5.3): 4 KiB pages, nine bits a level, four or five levels. With four the
    /// kernel's half begins at 0xffff800000000000, so a table below it belongs to five. Documentation/arch/x86/x86_64/mm.rst: without
    /// randomisation the struct pages start at fixed places, with it anywhere between the direct map and the CPU entry area.
    /// </summary>
    internal static PageTableFormat X64 { get; } = new()
    {
        Name = "x86-64",
        PageShift = 12,
        Shifts = [48, 39, 30, 21, 12],
        LeafLevels = 3,
        AddressMask = 0x000ffffffffff000,
        Present = 1,
        ProtNone = 1 << 8,
        LeafBit = 1 << 7,
        LeafBitIsSet = true,
        Accessed = 1 << 5,
        Special = 1 << 9,
        MostSkippedLevels = 1,
        SkippedLevels = static pgd => pgd < 0xffff800000000000 ? [0] : [1],
        Vmemmap = static (directMap, skipped) => new VmemmapPlaces(
            skipped == 0 ? 0xffd4000000000000 : 0xffffea0000000000, directMap + GiB, 0xfffffe0000000000, GiB),
    };

    /// <summary>The format of this machine; null when it is not known.</summary>
    internal static PageTableFormat? Current => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64(Environment.SystemPageSize),
        _ => null,
    };

    /// <summary>
    /// arm64 (Arm Architecture Reference Manual, D8.3, VMSAv8-64 descriptors), for the kernel's three page sizes; null for any other. A
    /// table holds page size / 8 entries. The size of the address space is the kernel's choice (39 to 52 bits), and with it the number of
    /// levels: all are tried. Physical addresses beyond 48 bits (LPA2, 64 KiB pages with LPA) are not understood.
    /// Documentation/arch/arm64/memory.rst: the struct pages lie in the last 4 TiB, at a place that moves with the start of memory, of
    /// which 1 GiB is 16 MiB of them.
    /// </summary>
    internal static PageTableFormat? Arm64(int pageSize)
    {
        (int PageShift, int[] Shifts, int[] Skipped) known = pageSize switch
        {
            // 48 bits are usual; then 39 and 52.
            4096 => (12, [48, 39, 30, 21, 12], [1, 2, 0]),
            16384 => (14, [47, 36, 25, 14], [1, 0, 2]),
            65536 => (16, [42, 29, 16], [0, 1]),
            _ => (0, [], []),
        };
        return known.PageShift == 0 ? null : new PageTableFormat
        {
            Name = "arm64",
            PageShift = known.PageShift,
            Shifts = known.Shifts,
            LeafLevels = 3,
            AddressMask = 0x0000ffffffffffff & ~((1UL << known.PageShift) - 1),
            Present = 1,
            LeafBit = 1 << 1,
            LeafBitIsSet = false,
            Accessed = 1 << 10,
            Special = 1UL << 56,
            MostSkippedLevels = known.Skipped.Max(),
            SkippedLevels = _ => known.Skipped,
            Vmemmap = static (_, _) => new VmemmapPlaces(0xfffffc0000000000, 0xfffffbff00000000, 0xffffffffc0000000, 16UL << 20),
        };
    }

    /// <summary>
    /// Turns leaves as the program hands them out into what <see cref="LeafEntry"/> describes: x86-64's bits for present, accessed and
    /// special, the frame number from bit 12 on, and all other attributes left out. Level and PG_young are there already.
    /// </summary>
    internal void Translate(Span<ulong> leaves)
    {
        const ulong Kept = (3UL << LeafEntry.LevelShift) | (1UL << LeafEntry.RecoveredShift);
        foreach (ref ulong leaf in leaves)
        {
            if (leaf != 0)
            {
                ulong frame = (leaf & AddressMask) >> PageShift << X64.PageShift;
                leaf = (leaf & Kept) | frame | ((leaf & (ulong)Present) != 0 ? (ulong)X64.Present : 0)
                    | ((leaf & (ulong)Accessed) != 0 ? (ulong)X64.Accessed : 0)
                    | ((leaf & Special) != 0 ? X64.Special : 0);
            }
        }
    }
}
