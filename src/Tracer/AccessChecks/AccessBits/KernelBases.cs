using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Where the kernel maps all memory and all struct pages. Both are randomised at boot in steps of 1 GiB and published nowhere, so they are
/// found by trying: a candidate is right when our own page, reached through it, holds what we wrote there. Needs no page frame numbers.
/// </summary>
internal static class KernelBases
{
    private const ulong Step = 1UL << 30;
    private const int MaxDirectMapSteps = 65536;

    /// <summary>Finds the direct map: 5 to 6 tries and about 40 us without randomisation, 20 ms at worst. 0 when there is none.</summary>
    internal static ulong FindDirectMap(PageTableReader reader, SafeFileHandle ownPagemap, ulong pgd)
    {
        using var scratch = new ScratchMapping(1);
        ulong magic = (ulong)Random.Shared.NextInt64() | 1;
        ReadOnlySpan<ulong> address = [scratch.Address];
        Span<ulong> leaf = stackalloc ulong[1];
        for (ulong k = 0, candidate = pgd & ~(Step - 1); k < MaxDirectMapSteps; k++, candidate -= Step)
        {
            scratch[0] = magic;
            reader.DirectMap = candidate;
            if (reader.Walk(ownPagemap, address, leaf) != 0)
            {
                break;
            }

            var entry = new LeafEntry(leaf[0]);
            if (!entry.IsMapped || entry.Level != 1)
            {
                continue;
            }

            // Changing the word must change what is read: a coincidence does not follow.
            ulong page = candidate + (entry.FrameNumber << reader.Format.PageShift);
            if (reader.ReadWord(page, out ulong word) && word == magic)
            {
                scratch[0] = ~magic;
                if (reader.ReadWord(page, out word) && word == ~magic)
                {
                    return candidate;
                }
            }
        }

        return 0;
    }

    /// <summary>Finds the struct pages, about 15 us without randomisation. 0 when there are none to be found.</summary>
    internal static ulong FindVmemmap(PageTableReader reader, SafeFileHandle ownPagemap, KernelLayout layout)
    {
        using var scratch = new ScratchMapping(2);
        scratch[0] = 1;
        scratch[1] = 1;
        ReadOnlySpan<ulong> addresses = [scratch.AddressOf(0), scratch.AddressOf(1)];
        Span<ulong> leaves = stackalloc ulong[2];
        if (reader.Walk(ownPagemap, addresses, leaves) != 0 || leaves.Contains(0UL))
        {
            return 0;
        }

        VmemmapPlaces places = reader.Format.Vmemmap(reader.DirectMap, reader.SkippedLevels);
        if (IsVmemmap(reader, layout, places.Usual, leaves, addresses))
        {
            return places.Usual;
        }

        for (ulong candidate = places.Start; candidate < places.End; candidate += places.Step)
        {
            if (IsVmemmap(reader, layout, candidate, leaves, addresses))
            {
                return candidate;
            }
        }

        return 0;
    }

    private static bool IsVmemmap(
        PageTableReader reader, KernelLayout layout, ulong candidate, ReadOnlySpan<ulong> leaves, ReadOnlySpan<ulong> addresses)
        => IsOurPage(reader, layout, candidate, leaves[0], addresses[0]) && IsOurPage(reader, layout, candidate, leaves[1], addresses[1]);

    /// <summary>An anonymous page knows its place: index is its page number, and the low bits of mapping are 01.</summary>
    private static bool IsOurPage(PageTableReader reader, KernelLayout layout, ulong vmemmap, ulong leaf, ulong address)
    {
        ulong page = vmemmap + (new LeafEntry(leaf).FrameNumber * (ulong)layout.PageSizeBytes);
        return reader.ReadWord(page + (ulong)layout.PageIndex, out ulong index) && index == address / (ulong)Unistd.PageSize
            && reader.ReadWord(page + (ulong)layout.PageMapping, out ulong mapping) && (mapping & 3) == 1;
    }
}
