using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// Which share of the sampled accesses to a cell of a map writes. Samples are few, so cells are those of the overview in address and eight
/// times as long; one that nobody sampled is unknown.
/// </summary>
internal sealed class WriteMap(HeatmapBand[] bands, long beginNs, long endNs)
{
    /// <summary>Cells in time.</summary>
    internal const int Columns = 64;

    private readonly Dictionary<(int Row, int Column), WeightedShare> _cells = [];

    public int Rows { get; } = bands.Sum(static band => band.Rows);

    public HeatmapBand[] Bands => bands;

    public bool Any => _cells.Count > 0;

    /// <summary>The share and its 95 % interval; null where of no access it is known.</summary>
    public ShareInterval? this[int row, int column] => _cells.TryGetValue((row, column), out WeightedShare? sum) ? sum.Interval : null;

    public void Add(in AccessRecord access)
    {
        if (access.Writes is not { } writes || (long)access.TimeNs < beginNs || (long)access.TimeNs >= endNs)
        {
            return;
        }

        foreach (HeatmapBand band in bands)
        {
            if (access.Address >= band.Start && access.Address < band.End)
            {
                (int, int) cell = (band.FirstRow + band.RowOf(access.Address), (int)((Int128)((long)access.TimeNs - beginNs) * Columns / (endNs - beginNs)));
                if (!_cells.TryGetValue(cell, out WeightedShare? sum))
                {
                    _cells[cell] = sum = new WeightedShare();
                }

                sum.Add(access.Probe, access.Weight, writes);
                return;
            }
        }
    }
}

/// <summary>Adds the accesses of a recording to the maps of their targets.</summary>
internal sealed class WritesFill(ReportSelection selection, ILookup<ulong, WriteMap> targets) : ReportPass(selection)
{
    protected override void Take(Snapshot snapshot)
    {
    }

    /// <summary>Accesses belong to targets by their ids alone: of several kdamonds, to all that have the id.</summary>
    protected override void Take(in AccessEvent access)
    {
        if (access.Kind == AccessEventKind.Access)
        {
            foreach (WriteMap map in targets[access.TargetId])
            {
                map.Add(in access.Access);
            }
        }
    }
}
