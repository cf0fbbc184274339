using Damon.Trace.Events;

namespace Damon.Trace.Reports.Limit;

/// <summary>
/// The proportional sizes of targets: each page divided by the processes that map it. Over all processes that share pages they add up to the pages
/// that there are, which tells whether what several map under one name is the same pages, or each its own part of it.
/// </summary>
internal sealed class ProportionalSizes
{
    // Reading them has a price, so that they take turns: of the others the mean is assumed, when half of them are known.
    private const double LeastKnown = 0.5;

    private readonly Dictionary<ulong, double> _shares = [];

    /// <summary>Takes what a target holds.</summary>
    public void Add(in Footprint footprint)
    {
        if (footprint.PssBytes != Footprint.Unknown && footprint.RssBytes > 0)
        {
            _shares[footprint.TargetId] = Math.Min(1, (double)footprint.PssBytes / footprint.RssBytes);
        }
    }

    /// <summary>Bytes of pages that there are, each once; null when too little is known.</summary>
    /// <param name="resident">What each target holds.</param>
    public double? Pages(IReadOnlyList<(ulong TargetId, double Bytes)> resident)
    {
        double[] known = [.. resident.Where(each => _shares.ContainsKey(each.TargetId)).Select(each => _shares[each.TargetId])];
        if (known.Length == 0 || known.Length < resident.Count * LeastKnown)
        {
            return null;
        }

        double mean = known.Average();
        return resident.Sum(each => each.Bytes * _shares.GetValueOrDefault(each.TargetId, mean));
    }
}
