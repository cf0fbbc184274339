namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// A leaf of x86-64's page tables as the program hands it out (those of other processors are translated): the entry itself with three
/// bits of software's own overwritten:
/// bits 52 and 53 = level (1 page, 2 PMD of 2 MB, 3 PUD of 1 GB), bit 54 = PG_young found on an old page. 0 = nothing mapped.
/// </summary>
internal readonly record struct LeafEntry(ulong Bits)
{
    internal const int LevelShift = 52;
    internal const int RecoveredShift = 54;

    // Without the present bit: mapped, but with no access rights (PROT_NONE, NUMA hinting).
    private const ulong ProtNone = 1 << 8;

    private const ulong Present = 1;
    private const ulong Writable = 1 << 1;
    private const ulong AccessedBit = 1 << 5;
    private const ulong Dirty = 1 << 6;
    private const ulong PageTableAttribute = 1 << 7;
    private const ulong Special = 1 << 9;
    private const ulong SavedDirty = 1UL << 58;
    private const ulong SoftDirty = 1UL << 11;
    private const ulong FrameMask = 0x000ffffffffff000;
    private const ulong Recovered = 1UL << RecoveredShift;

    /// <summary>Bits in which pages of one folio may differ and still be one batch for the kernel.</summary>
    private const ulong MayDiffer = Writable | AccessedBit | Dirty | SavedDirty | SoftDirty | Recovered;

    internal bool IsMapped => (Bits & (Present | ProtNone)) != 0;

    /// <summary>The accessed bit itself, which only this address space sets.</summary>
    internal bool IsAccessed => (Bits & AccessedBit) != 0 && IsMapped;

    /// <summary>Accessed, or accessed until another sampler took the bit and left PG_young.</summary>
    internal bool IsYoung => (Bits & (AccessedBit | Recovered)) != 0 && IsMapped;

    /// <summary>The zero page, or memory of devices: the kernel does not count its mappings and never makes it old.</summary>
    internal bool IsSpecial => (Bits & Special) != 0 && IsMapped;

    internal bool IsRecovered => (Bits & Recovered) != 0;

    internal int Level => (int)(Bits >> LevelShift) & 3;

    /// <summary>Page frame of the first page. Entries without the present bit hold it inverted (against L1TF).</summary>
    internal ulong FrameNumber
    {
        get
        {
            ulong frame = ((Bits & Present) != 0 ? Bits : ~Bits) & FrameMask;
            // In a large entry bit 12 is the page attribute bit that bit 7 is in a small one.
            return (Level == 1 ? frame : frame & ~(1UL << 12)) >> 12;
        }
    }

    /// <summary>True when this entry maps the next frame after another one in the same way.</summary>
    internal bool Continues(LeafEntry first, int pages) => Level == 1 && IsMapped && FrameNumber == first.FrameNumber + (ulong)pages
        && (Bits & ~(FrameMask | MayDiffer)) == (first.Bits & ~(FrameMask | MayDiffer));
}
