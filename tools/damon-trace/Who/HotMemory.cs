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
    /// The parts of a range that are data, ascending, and their share of all memory in it. A region reaches across mappings that are equally hot, so
    /// one may hold code and data. Of one that holds code, what else the file of that code has to be read only is no data: constants stand beside all
    /// code, and are cold more often than not.
    /// </summary>
    /// <param name="range">Whole pages, as the mappings.</param>
    /// <param name="mappings">Ascending.</param>
    internal static (AddressRange[] Parts, double Share) Data(AddressRange range, IReadOnlyList<Mapping> mappings)
    {
        Mapping[] touched = [.. mappings.Where(mapping => mapping.IsAccessible && mapping.End > range.Start && mapping.Start < range.End)];
        HashSet<string> programs = [.. touched.Where(static mapping => CodeMapping.Is(mapping.Permissions)).Select(static mapping => mapping.Name)];
        AddressRange[] data = [.. touched.Where(mapping => !CodeMapping.Is(mapping.Permissions) && !IsConstant(mapping, programs)).Select(Part)];
        ulong all = Size(touched.Select(Part));
        return (Join(data), all == 0 ? 0 : (double)Size(data) / all);

        AddressRange Part(Mapping mapping) => new(Math.Max(mapping.Start, range.Start), Math.Min(mapping.End, range.End));
    }

    /// <summary>
    /// The hottest ranges, without code, ascending; neighbours are one. All of it where nothing else is hot. All bytes of a range are equally hot, as
    /// far as DAMON knows.
    /// </summary>
    internal static AddressRange[] Hottest(IReadOnlyList<(AddressRange Range, double Heat)> hot, IReadOnlyList<Mapping> mappings, int most)
    {
        List<AddressRange> hottest = [.. hot.Select(one => (Data: Data(one.Range, mappings), one.Heat))
            .Where(static one => one.Data.Parts.Length > 0).OrderByDescending(static one => one.Heat * one.Data.Share)
            .Take(most).SelectMany(static one => one.Data.Parts)];
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

    private static bool IsConstant(in Mapping mapping, HashSet<string> programs) =>
        mapping.Permissions is [_, not 'w', ..] && mapping.Name.Length > 0 && programs.Contains(mapping.Name);

    private static ulong Size(IEnumerable<AddressRange> parts) => parts.Aggregate(0UL, static (sum, part) => sum + part.Size);
}
