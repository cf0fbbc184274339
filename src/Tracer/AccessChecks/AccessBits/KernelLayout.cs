namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What the programs must know of the running kernel's structs. A member that only some kernels have is -1 elsewhere.</summary>
internal sealed record KernelLayout
{
    internal required int TaskFiles { get; init; }

    internal required int FilesFdTable { get; init; }

    internal required int FdTableFds { get; init; }

    internal required int FilePrivateData { get; init; }

    internal required int MmPgd { get; init; }

    internal required int PageSizeBytes { get; init; }

    internal required int PageFlags { get; init; }

    internal required int PageCompoundHead { get; init; }

    internal required int PageMapping { get; init; }

    internal required int PageIndex { get; init; }

    internal required int PageMapCount { get; init; }

    /// <summary>folio._flags_1, whose low byte is the order of a large folio (6.6 and later).</summary>
    internal required int FolioFlags1 { get; init; }

    /// <summary>folio._large_mapcount (6.10 and later).</summary>
    internal required int FolioLargeMapCount { get; init; }

    /// <summary>Bit numbers in page.flags.</summary>
    internal required int PgHead { get; init; }

    internal required int PgLru { get; init; }

    internal required int PgMlocked { get; init; }

    /// <summary>-1 on kernels without CONFIG_PAGE_IDLE_FLAG: then nobody leaves it behind when taking accessed bits.</summary>
    internal required int PgYoung { get; init; }

    /// <summary>Page type of hugetlb folios in the high byte of page.page_type (6.11 and later).</summary>
    internal required int PageTypeHugetlb { get; init; }

    /// <summary>BTF type of bpf_rdonly_cast; it takes pointers of any type from 6.17 on, which only loading a program can tell.</summary>
    internal required int ReadOnlyCast { get; init; }

    /// <summary>Whether struct page is known well enough to find folios, and PG_young where the kernel has it.</summary>
    internal bool KnowsPages => PageSizeBytes is > 0 and <= KernelReadProgram.BlockSize / 2 && PageFlags >= 0 && PageCompoundHead >= 0
        && PageMapping >= 0 && PageIndex >= 0 && PageMapCount >= 0 && PgHead >= 0 && PgLru >= 0;

    /// <summary>Looks everything up; null and the first missing member when the page tables cannot be reached with this kernel.</summary>
    internal static KernelLayout? Find(Btf btf, out string? missing)
    {
        string? firstMissing = null;
        int Required(string structName, string member)
        {
            int offset = btf.OffsetOf(structName, member);
            firstMissing ??= offset < 0 ? $"{structName}.{member}" : null;
            return offset;
        }

        int index = btf.OffsetOf("page", "__folio_index");
        var layout = new KernelLayout
        {
            TaskFiles = Required("task_struct", "files"),
            FilesFdTable = Required("files_struct", "fdt"),
            FdTableFds = Required("fdtable", "fd"),
            FilePrivateData = Required("file", "private_data"),
            MmPgd = Required("mm_struct", "pgd"),
            PageSizeBytes = btf.SizeOf("page"),
            PageFlags = btf.OffsetOf("page", "flags"),
            PageCompoundHead = btf.OffsetOf("page", "compound_head"),
            PageMapping = btf.OffsetOf("page", "mapping"),
            PageIndex = index >= 0 ? index : btf.OffsetOf("page", "index"),
            PageMapCount = btf.OffsetOf("page", "_mapcount"),
            FolioFlags1 = btf.OffsetOf("folio", "_flags_1"),
            FolioLargeMapCount = btf.OffsetOf("folio", "_large_mapcount"),
            PgHead = (int)btf.EnumValue("PG_head"),
            PgLru = (int)btf.EnumValue("PG_lru"),
            PgMlocked = (int)btf.EnumValue("PG_mlocked"),
            PgYoung = (int)btf.EnumValue("PG_young"),
            PageTypeHugetlb = (int)btf.EnumValue("PGTY_hugetlb"),
            ReadOnlyCast = btf.FunctionType("bpf_rdonly_cast"),
        };
        missing = firstMissing;
        return firstMissing is null ? layout : null;
    }
}
