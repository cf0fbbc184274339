using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>The page-table program, run over tables written by hand as each architecture's manual lays them out.</summary>
public sealed class PageTableFormatTests
{
    private const ulong DirectMap = 0xffff_8880_0000_0000;
    private const ulong TopTable = 0x1000_0000;
    private const ulong Address = 0x0000_7123_4567_8abc;

    // Offsets of made-up structs; the program only follows them.
    private static readonly KernelLayout s_layout = new()
    {
        TaskFiles = 8,
        FilesFdTable = 16,
        FdTableFds = 24,
        FilePrivateData = 32,
        MmPgd = 40,
        PageSizeBytes = -1,
        PageFlags = -1,
        PageCompoundHead = -1,
        PageMapping = -1,
        PageIndex = -1,
        PageMapCount = -1,
        FolioFlags1 = -1,
        FolioLargeMapCount = -1,
        PgHead = -1,
        PgLru = -1,
        PgMlocked = -1,
        PgYoung = -1,
        PageTypeHugetlb = -1,
        ReadOnlyCast = -1,
    };

    public static TheoryData<string, int, int> Formats => new()
    {
        // Architecture, page size, levels left out.
        { "x86-64", 4096, 1 },
        { "x86-64", 4096, 0 },
        { "arm64", 4096, 1 },
        { "arm64", 4096, 2 },
        { "arm64", 4096, 0 },
        { "arm64", 16384, 1 },
        { "arm64", 16384, 0 },
        { "arm64", 65536, 0 },
        { "arm64", 65536, 1 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Walk_FindsAPageWhateverTheLevels(string architecture, int pageSize, int skipped)
    {
        PageTableFormat format = Find(architecture, pageSize);
        ulong physical = 0x12_3450_0000;

        LeafEntry young = Walk(format, skipped, depth: format.Shifts.Count - 1, physical, accessed: true);
        LeafEntry old = Walk(format, skipped, depth: format.Shifts.Count - 1, physical, accessed: false);

        Assert.Equal((1, physical / (ulong)pageSize, true), (young.Level, young.FrameNumber, young.IsYoung));
        Assert.Equal((1, physical / (ulong)pageSize, false), (old.Level, old.FrameNumber, old.IsYoung));
        Assert.True(old.IsMapped);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Walk_StopsAtALargePage(string architecture, int pageSize, int skipped)
    {
        PageTableFormat format = Find(architecture, pageSize);
        ulong physical = 4 * format.LargePageSize;

        LeafEntry leaf = Walk(format, skipped, depth: format.Shifts.Count - 2, physical, accessed: true);

        Assert.Equal((2, physical / (ulong)pageSize, true), (leaf.Level, leaf.FrameNumber, leaf.IsYoung));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Walk_FindsAHoleOnEveryLevel(string architecture, int pageSize, int skipped)
    {
        PageTableFormat format = Find(architecture, pageSize);
        for (int depth = skipped; depth < format.Shifts.Count; depth++)
        {
            Assert.False(Walk(format, skipped, depth, physical: null, accessed: true).IsMapped);
        }
    }

    [Theory]
    [InlineData(4096, 2UL << 20)]
    [InlineData(16384, 32UL << 20)]
    [InlineData(65536, 512UL << 20)]
    public void LargePages_AreWhatATableMaps(int pageSize, ulong expected)
    {
        Assert.Equal(expected, Find("arm64", pageSize).LargePageSize);
    }

    [Fact]
    public void FiveLevels_AreToldByTheAddressOfTheTopTable()
    {
        // Documentation/arch/x86/x86_64/mm.rst: the direct map begins at 0xffff888000000000 or, with five levels, at 0xff11000000000000.
        Assert.Equal([1], PageTableFormat.X64.SkippedLevels(0xffff888012345000));
        Assert.Equal([0], PageTableFormat.X64.SkippedLevels(0xff11000012345000));
    }

    private static PageTableFormat Find(string architecture, int pageSize) =>
        architecture == "x86-64" ? PageTableFormat.X64 : PageTableFormat.Arm64(pageSize)!;

    /// <summary>Writes tables down to a depth, with a leaf there or a hole, and runs the program over them.</summary>
    private static LeafEntry Walk(PageTableFormat format, int skipped, int depth, ulong? physical, bool accessed)
    {
        var machine = new BpfInterpreter();
        WriteStructs(machine);
        ulong table = TopTable;
        for (int level = skipped; level <= depth; level++)
        {
            int nrEntries = 1 << (format.PageShift - 3);
            ulong entryAt = DirectMap + table + ((Address >> format.Shifts[level] & (ulong)(nrEntries - 1)) * 8);
            ulong next = table + (ulong)(1 << format.PageShift);
            machine[entryAt] = level < depth ? TableEntry(format, next)
                : physical is ulong address ? LeafOf(format, address, isLast: level == format.Shifts.Count - 1, accessed) : 0;
            table = next;
        }

        machine[BpfInterpreter.MapValue + PageTableProgram.DirectMapAt] = DirectMap;
        machine[BpfInterpreter.MapValue + PageTableProgram.CountAt] = 1 | ((ulong)skipped << 32);
        machine[BpfInterpreter.MapValue + PageTableProgram.FdAt] = 3;
        machine[BpfInterpreter.MapValue + PageTableProgram.EntriesAt] = Address;
        Assert.Equal(0UL, machine.Run(PageTableProgram.Emit(format, s_layout, mapFd: 5, maxAddresses: 16, useCast: false)));
        Assert.Equal(DirectMap + TopTable, machine[BpfInterpreter.MapValue + PageTableProgram.PgdAt]);

        ulong[] leaves = [machine[BpfInterpreter.MapValue + PageTableProgram.EntriesAt]];
        if (!format.IsNative)
        {
            format.Translate(leaves);
        }

        return new LeafEntry(leaves[0]);
    }

    /// <summary>current, its files, their table, file 3, its mm, whose pgd is the top table.</summary>
    private static void WriteStructs(BpfInterpreter machine)
    {
        const ulong Files = 0x41_0000;
        const ulong Table = 0x42_0000;
        const ulong Array = 0x43_0000;
        const ulong File = 0x44_0000;
        const ulong Mm = 0x45_0000;
        machine[BpfInterpreter.CurrentTask + 8] = Files;
        machine[Files + 16] = Table;
        machine[Table + 24] = Array;
        machine[Array + (3 * 8)] = File;
        machine[File + 32] = Mm;
        machine[Mm + 40] = DirectMap + TopTable;
    }

    /// <summary>x86-64: present, writable, user, accessed. arm64: valid, table.</summary>
    private static ulong TableEntry(PageTableFormat format, ulong table) => table | (format.IsNative ? 0x27UL : 0x3);

    /// <summary>
    /// x86-64: present, writable, user, dirty, no-execute; bit 5 accessed; bit 7 page size above the last level. arm64: valid; bit 1 set
    /// in a page and clear in a block; bit 10 accessed; execute-never, inner shareable, user.
    /// </summary>
    private static ulong LeafOf(PageTableFormat format, ulong physical, bool isLast, bool accessed) => format.IsNative
        ? physical | 0x8000_0000_0000_0047 | (accessed ? 0x20UL : 0) | (isLast ? 0 : 0x80UL)
        : physical | 0x0060_0000_0000_0b41 | (accessed ? 0x400UL : 0) | (isLast ? 2UL : 0);
}
