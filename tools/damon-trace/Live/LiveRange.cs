using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Live;

/// <summary>Neighbouring regions of about the same heat in memory of one name: a line of the list.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Share">Mean share of samples that found it accessed, by bytes.</param>
/// <param name="Age">The smallest age of its regions, in aggregation intervals.</param>
/// <param name="Name">Permissions and name of its mapping, empty when unknown.</param>
internal readonly record struct LiveRange(ulong Start, ulong End, double Share, uint Age, string Name)
{
    // Regions whose shares differ by less than the monitor itself would merge away are one range.
    private const double SameHeat = 0.1;

    internal ulong Size => End - Start;

    /// <summary>The accessed ranges of a snapshot, or those that are not, in address order. What is unknown is neither.</summary>
    internal static List<LiveRange> Of(LiveSnapshot snapshot, TargetCatalog catalog, ulong targetId, bool coldest)
    {
        List<LiveRange> ranges = [];
        foreach (ref readonly LiveRegion region in snapshot.Regions)
        {
            // Memory in use by a cold list, or idle memory by a hot one, would only hide what is looked for.
            if (region.Share > 0 == coldest || region.Known < LiveRegion.LeastKnown)
            {
                continue;
            }

            string name = catalog.NameOf(targetId, region.Start, region.End);
            if (ranges.Count > 0 && ranges[^1] is var last && last.End == region.Start && last.Name == name
                && Math.Abs(last.Share - region.Share) < SameHeat)
            {
                double bytes = last.Size + region.Size;
                double share = ((last.Share * last.Size) + ((double)region.Share * region.Size)) / bytes;
                ranges[^1] = last with { End = region.End, Share = share, Age = Math.Min(last.Age, region.Age) };
            }
            else
            {
                ranges.Add(new LiveRange(region.Start, region.End, region.Share, region.Age, name));
            }
        }

        return ranges;
    }
}
