using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Reports.WorkingSets;

/// <summary>The touched bytes of a working set: of files by their offsets, of other memory by address.</summary>
internal sealed class TouchedByName
{
    private readonly Dictionary<string, RangeSet> _files = [];
    private readonly Dictionary<string, RangeSet> _addresses = [];

    internal TouchedByName(WorkingSetDocument document)
    {
        for (int file = 0; file < document.Files.Count; file++)
        {
            RangeSet set = Of(_files, document.Files[file].Path);
            foreach ((ulong start, ulong end) in document.RangesOf(file))
            {
                set.Add(start, end);
            }
        }

        foreach (WorkingSetMapping mapping in document.Mappings.Where(static mapping => mapping.File is null))
        {
            string name = $"{mapping.Permissions} {(mapping.Name.Length == 0 ? "[anon]" : mapping.Name)}";
            RangeSet set = Of(_addresses, name);
            foreach ((ulong first, ulong count) in mapping.Runs)
            {
                ulong start = mapping.Start + (first * document.PageBytes);
                set.Add(start, start + (count * document.PageBytes));
            }
        }
    }

    /// <summary>By path.</summary>
    internal IReadOnlyDictionary<string, RangeSet> Files => _files;

    /// <summary>By permissions and name of the mapping.</summary>
    internal IReadOnlyDictionary<string, RangeSet> Addresses => _addresses;

    internal ulong AddressBytes => _addresses.Values.Aggregate(0UL, static (sum, set) => sum + BytesOf(set));

    internal static ulong BytesOf(RangeSet? set) =>
        set is null ? 0 : set.Ranges.Aggregate(0UL, static (sum, range) => sum + (range.End - range.Start));

    private static RangeSet Of(Dictionary<string, RangeSet> sets, string name)
    {
        if (!sets.TryGetValue(name, out RangeSet? set))
        {
            sets.Add(name, set = new RangeSet(int.MaxValue));
        }

        return set;
    }
}
