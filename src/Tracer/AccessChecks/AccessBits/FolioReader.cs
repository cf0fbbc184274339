using System.Buffers.Binary;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Looks up the folios of leaf entries in the kernel's struct pages: the pages first, then the heads of large ones.</summary>
internal sealed class FolioReader(PageTableReader reader)
{
    private const int Chunk = 256;

    private readonly KernelLayout _layout = reader.Layout;
    private readonly ulong[] _addresses = new ulong[Chunk];
    private readonly ulong[] _heads = new ulong[Chunk];
    private readonly ulong[] _headStatus = new ulong[Chunk];
    private readonly int[] _ofHead = new int[Chunk];
    private readonly byte[] _bytes = new byte[Chunk * KernelReadProgram.BlockSize];

    /// <summary>Bounded by one or two cache misses per page: 20 to 60 ns each. No allocations.</summary>
    internal void Describe(ReadOnlySpan<LeafEntry> leaves, Span<Folio> folios)
    {
        for (int done = 0; done < leaves.Length; done += Chunk)
        {
            int count = Math.Min(Chunk, leaves.Length - done);
            DescribeChunk(leaves.Slice(done, count), folios.Slice(done, count));
        }
    }

    private void DescribeChunk(ReadOnlySpan<LeafEntry> leaves, Span<Folio> folios)
    {
        int size = _layout.PageSizeBytes;
        for (int i = 0; i < leaves.Length; i++)
        {
            _addresses[i] = PageAddress(leaves[i]);
        }

        bool failed = !reader.KnowsFolios || reader.ReadKernel(_addresses.AsSpan(0, leaves.Length), size, _bytes) != 0;
        int heads = 0;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (failed || _addresses[i] != 0)
            {
                folios[i] = new Folio { IsKnown = false };
                continue;
            }

            ReadOnlySpan<byte> page = _bytes.AsSpan(i * size, size);
            ulong head = HeadOf(page, PageAddress(leaves[i]));
            if (head == 0)
            {
                folios[i] = Small(page);
            }
            else
            {
                _ofHead[heads] = i;
                _heads[heads++] = head;
            }
        }

        DescribeLarge(leaves, folios, heads);
    }

    private void DescribeLarge(ReadOnlySpan<LeafEntry> leaves, Span<Folio> folios, int heads)
    {
        int size = 2 * _layout.PageSizeBytes;
        _heads.AsSpan(0, heads).CopyTo(_headStatus);
        bool failed = heads != 0 && reader.ReadKernel(_headStatus.AsSpan(0, heads), size, _bytes) != 0;
        for (int i = 0; i < heads; i++)
        {
            ulong index = (PageAddress(leaves[_ofHead[i]]) - _heads[i]) / (ulong)_layout.PageSizeBytes;
            folios[_ofHead[i]] = failed || _headStatus[i] != 0
                ? new Folio { IsKnown = false }
                : Large(_bytes.AsSpan(i * size, size), index);
        }
    }

    /// <summary>Address of the folio's first struct page, or 0 for a page of its own.</summary>
    private ulong HeadOf(ReadOnlySpan<byte> page, ulong address)
    {
        ulong compoundHead = BinaryPrimitives.ReadUInt64LittleEndian(page[_layout.PageCompoundHead..]);
        if ((compoundHead & 1) != 0)
        {
            return compoundHead - 1;
        }

        return HasFlag(page, _layout.PgHead) ? address : 0;
    }

    private Folio Small(ReadOnlySpan<byte> page) => new()
    {
        IsKnown = true,
        MapCount = MapCountAt(page, _layout.PageMapCount),
        IsOnLru = HasFlag(page, _layout.PgLru),
        IsLocked = _layout.PgMlocked >= 0 && HasFlag(page, _layout.PgMlocked),
        IsAnonymous = IsAnonymous(page),
    };

    private Folio Large(ReadOnlySpan<byte> head, ulong index)
    {
        int order = _layout.FolioFlags1 >= 0 ? head[_layout.FolioFlags1] : Folio.UnknownOrder;
        if (order is 0 or > 18 || (order > 0 && index >> order != 0))
        {
            // The folio changed while it was looked at.
            return new Folio { IsKnown = false };
        }

        return new Folio
        {
            IsKnown = true,
            Order = order,
            Index = (int)index,
            MapCount = _layout.FolioLargeMapCount >= 0 ? MapCountAt(head, _layout.FolioLargeMapCount) : -1,
            IsOnLru = HasFlag(head, _layout.PgLru),
            IsLocked = _layout.PgMlocked >= 0 && HasFlag(head, _layout.PgMlocked),
            IsAnonymous = IsAnonymous(head),
            IsHugetlb = _layout.PageTypeHugetlb >= 0 && head[_layout.PageMapCount + 3] == _layout.PageTypeHugetlb,
        };
    }

    // The kernel counts from -1; values far below are page types that share the field.
    private static int MapCountAt(ReadOnlySpan<byte> page, int offset)
        => Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(page[offset..]) + 1);

    // PAGE_MAPPING_ANON, the lowest bit of page->mapping (include/linux/page-flags.h).
    private bool IsAnonymous(ReadOnlySpan<byte> page) => (BinaryPrimitives.ReadUInt64LittleEndian(page[_layout.PageMapping..]) & 1) != 0;

    private bool HasFlag(ReadOnlySpan<byte> page, int bit)
        => ((BinaryPrimitives.ReadUInt64LittleEndian(page[_layout.PageFlags..]) >> bit) & 1) != 0;

    private ulong PageAddress(LeafEntry leaf) => reader.Vmemmap + (leaf.FrameNumber * (ulong)_layout.PageSizeBytes);
}
