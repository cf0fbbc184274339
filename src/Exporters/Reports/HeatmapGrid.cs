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
    private readonly double[] _hz = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _weight = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _rowAccesses = new double[bands.Sum(band => band.Rows)];
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

    /// <summary>Mean access frequency of a cell in Hz; null where nothing is known. Only meaningful where the intervals were.</summary>
    public double? Hz(int row, int column)
    {
        int cell = (row * columns) + column;
        return _weight[cell] > 0 ? _hz[cell] / _weight[cell] : null;
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

    /// <summary>Mean heat of one of the bands over its area and the time in which something is known of it; 0 where nothing is.</summary>
    public double MeanOf(HeatmapBand band)
    {
        Range cells = (band.FirstRow * columns)..((band.FirstRow + band.Rows) * columns);
        double weight = _weight[cells].Sum();
        return weight > 0 ? _heat[cells].Sum() / weight : 0;
    }

    /// <summary>
    /// Adds one snapshot that covers a stretch of time. Bound by regions + rows, then rows times the columns it covers (usually one or two);
    /// no allocation.
    /// </summary>
    /// <param name="snapshot">Its regions are summed.</param>
    /// <param name="fromNs">Begin of its time.</param>
    /// <param name="toNs">End of its time.</param>
    /// <param name="heatPerAccess">Heat of one counted access.</param>
    /// <param name="hzPerAccess">Frequency of one counted access, where known.</param>
    public void Add(Snapshot snapshot, long fromNs, long toNs, double heatPerAccess, double hzPerAccess = 0)
    {
        fromNs = Math.Max(fromNs, beginNs);
        toNs = Math.Min(toNs, endNs);
        if (fromNs >= toNs)
        {
            return;
        }

        SumRows(snapshot);
        int first = ColumnOf(fromNs);
        int last = ColumnOf(toNs - 1);
        for (int column = first; column <= last; column++)
        {
            double ns = Math.Min(toNs, ColumnStart(column + 1)) - Math.Max(fromNs, ColumnStart(column));
            for (int row = 0; row < _rows; row++)
            {
                int cell = (row * columns) + column;
                double accesses = _rowAccesses[row] * ns;
                _heat[cell] += accesses * heatPerAccess;
                _hz[cell] += accesses * hzPerAccess;
                _weight[cell] += _rowWeight[row] * ns;
            }
        }
    }

    private void SumRows(Snapshot snapshot)
    {
        Array.Clear(_rowAccesses);
        Array.Clear(_rowWeight);
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            foreach (HeatmapBand band in bands)
            {
                ulong start = Math.Max(region.Start, band.Start);
                ulong end = Math.Min(region.End, band.End);
                if (start < end)
                {
                    SumRegion(band, start, end, region.NrAccesses);
                }
            }
        }
    }

    private void SumRegion(HeatmapBand band, ulong start, ulong end, double accesses)
    {
        for (int row = band.RowOf(start); row < band.Rows && start < end; row++)
        {
            ulong rowEnd = Math.Min(end, band.RowStart(row + 1));
            if (rowEnd > start)
            {
                double bytes = rowEnd - start;
                _rowAccesses[band.FirstRow + row] += accesses * bytes;
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
