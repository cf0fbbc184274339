using Damon.Trace.Reports.Accesses;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Who;

/// <summary>
/// Which of the memory that was found accessed is worth looking at: <see cref="CodeMapping">code</see> only when it is named.
/// </summary>
internal static class HotMemory
{
    /// <summary>
    /// The parts of a range that are not code. A region reaches across mappings that are equally hot: of one that is code for the most part, only
    /// what can be written is data beside it, for constants stand beside all code and are cold more often than not.
    /// </summary>
    /// <param name="range">Whole pages, as the mappings.</param>
    /// <param name="mappings">Ascending.</param>
    internal static List<AddressRange> WithoutCode(AddressRange range, IReadOnlyList<Mapping> mappings)
    {
        List<AddressRange> parts = [];
        ulong from = range.Start;
        foreach (Mapping code in mappings.Where(mapping => Overlaps(mapping, range) && CodeMapping.Is(mapping.Permissions)))
        {
            if (code.Start > from)
            {
                parts.Add(new AddressRange(from, code.Start));
            }

            from = code.End;
        }

        if (from < range.End)
        {
            parts.Add(new AddressRange(from, range.End));
        }

        return Size(parts) > range.Size / 2
            ? parts
            : [.. mappings.Where(mapping => Overlaps(mapping, range) && mapping.Permissions is [_, 'w', ..])
                .Select(mapping => new AddressRange(Math.Max(mapping.Start, range.Start), Math.Min(mapping.End, range.End)))];
    }

    /// <summary>What of the heat of a range is that of its parts: all bytes of a region are equally hot, as far as DAMON knows.</summary>
    internal static double Heat(IReadOnlyList<AddressRange> parts, AddressRange range, double heat) => heat * Size(parts) / range.Size;

    /// <summary>The hottest ranges, without code, ascending; neighbours are one. All of it where nothing else is hot.</summary>
    internal static AddressRange[] Hottest(IReadOnlyList<(AddressRange Range, double Heat)> hot, IReadOnlyList<Mapping> mappings, int most)
    {
        List<AddressRange> hottest = [.. hot.Select(one => (Parts: WithoutCode(one.Range, mappings), one.Range, one.Heat))
            .Where(static one => one.Parts.Count > 0).OrderByDescending(static one => Heat(one.Parts, one.Range, one.Heat))
            .Take(most).SelectMany(static one => one.Parts)];
        return Join(hottest.Count > 0 ? hottest : hot.Select(static one => one.Range));
    }

    /// <summary>All of it, ascending; neighbours are one.</summary>
    internal static AddressRange[] Join(IEnumerable<AddressRange> ranges)
    {
        List<AddressRange> joined = [];
        foreach (AddressRange range in ranges.OrderBy(static range => range.Start))
        {
            if (joined.Count > 0 && joined[^1].End == range.Start)
            {
                joined[^1] = new AddressRange(joined[^1].Start, range.End);
            }
            else
            {
                joined.Add(range);
            }
        }

        return [.. joined];
    }

    private static bool Overlaps(in Mapping mapping, AddressRange range) => mapping.End > range.Start && mapping.Start < range.End;

    private static ulong Size(IReadOnlyList<AddressRange> parts) => parts.Aggregate(0UL, static (sum, part) => sum + part.Size);
}
