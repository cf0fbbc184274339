using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Compare;

/// <summary>Touched pages by the name of their mapping; memory of which no mapping is known is left out.</summary>
internal static class TouchedParts
{
    /// <summary>The overlaps, what differs most first.</summary>
    public static IEnumerable<CompareOverlap> Overlaps(TargetUse a, TargetUse b)
    {
        Dictionary<string, RangeSet> before = ByName(a.Touched!, a.TouchedMappings);
        Dictionary<string, RangeSet> after = ByName(b.Touched!, b.TouchedMappings);
        RangeSet nothing = new(1);
        return before.Keys.Union(after.Keys)
            .Select(name => CompareOverlap.Between(name, before.GetValueOrDefault(name) ?? nothing, after.GetValueOrDefault(name) ?? nothing))
            .OrderByDescending(static overlap => overlap.AnyBytes - overlap.BothBytes)
            .ThenByDescending(static overlap => overlap.AnyBytes).ThenBy(static overlap => overlap.Of, StringComparer.Ordinal);
    }

    private static Dictionary<string, RangeSet> ByName(RangeSet touched, IReadOnlyList<MappingDescription> mappings)
    {
        var sets = new Dictionary<string, RangeSet>();
        int next = 0;
        foreach ((ulong start, ulong end) in touched.Ranges)
        {
            while (next < mappings.Count && mappings[next].End <= start)
            {
                next++;
            }

            for (int i = next; i < mappings.Count && mappings[i].Start < end; i++)
            {
                string name = TargetCatalog.NameOf(mappings[i]);
                if (!sets.TryGetValue(name, out RangeSet? set))
                {
                    sets.Add(name, set = new RangeSet(int.MaxValue));
                }

                set.Add(Math.Max(start, mappings[i].Start), Math.Min(end, mappings[i].End));
            }
        }

        return sets;
    }
}
