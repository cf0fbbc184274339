using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>
/// The cells of one target: heat summed over area and time and the area and time it was summed over. A cell's heat is their quotient, a
/// mean, so that no cell is ever hotter than the hottest region in it.
/// </summary>
internal sealed class HeatmapGrid(HeatmapBand[] bands, int columns, long beginNs, long endNs)
{
    private readonly int _rows = bands.Sum(band => band.Rows);
    private readonly double[] _heat = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _weight = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _rowHeat = new double[bands.Sum(band => band.Rows)];
    private readonly double[] _rowWeight = new double[bands.Sum(band => band.Rows)];

    public HeatmapBand[] Bands => bands;

    public int Columns => columns;

    /// <summary>Heat of a cell; null where nothing is known.</summary>
    public double? this[int row, int column]
    {
        get
        {
            int cell = (row * columns) + column;
            return _weight[cell] > 0 ? _heat[cell] / _weight[cell] : null;
        }
    }

    public double Hottest
    {
        get
        {
            double hottest = 0;
            for (int cell = 0; cell < _heat.Length; cell++)
            {
                hottest = _weight[cell] > 0 ? Math.Max(hottest, _heat[cell] / _weight[cell]) : hottest;
            }

            return hottest;
        }
    }

    /// <summary>
    /// Adds one snapshot that covers a stretch of time. Bound by regions + rows, then rows times the columns it covers (usually one or two);
    /// no allocation.
    /// </summary>
    public void Add(Snapshot snapshot, long fromNs, long toNs, double heatPerAccess)
    {
        fromNs = Math.Max(fromNs, beginNs);
        toNs = Math.Min(toNs, endNs);
        if (fromNs >= toNs)
        {
            return;
        }

        SumRows(snapshot, heatPerAccess);
        int first = ColumnOf(fromNs);
        int last = ColumnOf(toNs - 1);
        for (int column = first; column <= last; column++)
        {
            double ns = Math.Min(toNs, ColumnStart(column + 1)) - Math.Max(fromNs, ColumnStart(column));
            for (int row = 0; row < _rows; row++)
            {
                _heat[(row * columns) + column] += _rowHeat[row] * ns;
                _weight[(row * columns) + column] += _rowWeight[row] * ns;
            }
        }
    }

    private void SumRows(Snapshot snapshot, double heatPerAccess)
    {
        Array.Clear(_rowHeat);
        Array.Clear(_rowWeight);
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            foreach (HeatmapBand band in bands)
            {
                ulong start = Math.Max(region.Start, band.Start);
                ulong end = Math.Min(region.End, band.End);
                if (start < end)
                {
                    SumRegion(band, start, end, region.NrAccesses * heatPerAccess);
                }
            }
        }
    }

    private void SumRegion(HeatmapBand band, ulong start, ulong end, double heat)
    {
        for (int row = band.RowOf(start); row < band.Rows && start < end; row++)
        {
            ulong rowEnd = Math.Min(end, band.RowStart(row + 1));
            if (rowEnd > start)
            {
                double bytes = rowEnd - start;
                _rowHeat[band.FirstRow + row] += heat * bytes;
                _rowWeight[band.FirstRow + row] += bytes;
                start = rowEnd;
            }
        }
    }

    private long ColumnStart(int column) => beginNs + (long)((Int128)(endNs - beginNs) * column / columns);

    private int ColumnOf(long ns)
    {
        int column = (int)((Int128)(ns - beginNs) * columns / (endNs - beginNs));
        return column + 1 < columns && ColumnStart(column + 1) <= ns ? column + 1 : column;
    }
}
