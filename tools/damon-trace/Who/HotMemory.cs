using Damon.Trace.Reports.Accesses;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Who;

/// <summary>
/// Which of the memory that was found accessed is worth looking at: <see cref="CodeMapping">code</see> only when it is named.
/// </summary>
internal static class HotMemory
{
    /// <summary>The parts of a range that are not code; none where most of it is, for then it is hot because of that.</summary>
    /// <param name="range">Whole pages, as the mappings.</param>
    /// <param name="mappings">Ascending.</param>
    internal static List<AddressRange> WithoutCode(AddressRange range, IReadOnlyList<Mapping> mappings)
    {
        List<AddressRange> parts = [];
        ulong from = range.Start;
        foreach (Mapping mapping in mappings)
        {
            if (mapping.End <= from || mapping.Start >= range.End || !CodeMapping.Is(mapping.Permissions))
            {
                continue;
            }

            if (mapping.Start > from)
            {
                parts.Add(new AddressRange(from, mapping.Start));
            }

            from = mapping.End;
        }

        if (from < range.End)
        {
            parts.Add(new AddressRange(from, range.End));
        }

        return parts.Aggregate(0UL, static (sum, part) => sum + part.Size) > range.Size / 2 ? parts : [];
    }

    /// <summary>The hottest ranges, without code, ascending; neighbours are one. All of it where nothing else is hot.</summary>
    internal static AddressRange[] Hottest(IReadOnlyList<(AddressRange Range, double Heat)> hot, IReadOnlyList<Mapping> mappings, int most)
    {
        List<AddressRange> hottest = [.. hot.OrderByDescending(static one => one.Heat).Select(one => WithoutCode(one.Range, mappings))
            .Where(static parts => parts.Count > 0).Take(most).SelectMany(static parts => parts)];
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
}
