using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Cli.Live;

/// <summary>
/// A heatmap that scrolls: columns are slots of absolute time in a ring, so a new snapshot only adds to the newest ones. A cell is the mean
/// share over its area and time, as in the report. It is laid out anew, from the snapshots kept, when its size or the accessed addresses change.
/// </summary>
/// <param name="windowNs">Time from the left to the right edge.</param>
internal sealed class LiveHeatmap(long windowNs)
{
    private const int MaxRanges = 4096;

    // Until then the regions are too coarse to tell what is accessed.
    private const int AdaptationSnapshots = 10;

    // Ranges come and go with every snapshot; an eye cannot follow more layouts than one in so much time.
    private const long LayoutNs = 5_000_000_000;

    private HeatmapBand[] _bands = [];
    private double[] _heat = [];
    private double[] _weight = [];
    private double[] _unknown = [];
    private int _rows;
    private int _columns;
    private int _rowsAsked;
    private long _slotNs = 1;
    private long _newestSlot = -1;
    private long _laidOutNs = long.MinValue;

    internal IReadOnlyList<HeatmapBand> Bands => _bands;

    internal int Rows => _rows;

    internal int Columns => _columns;

    /// <summary>The largest cell, 0 to 1.</summary>
    internal double Hottest
    {
        get
        {
            double hottest = 0;
            for (int cell = 0; cell < _heat.Length; cell++)
            {
                hottest = _weight[cell] > _unknown[cell] ? Math.Max(hottest, _heat[cell] / _weight[cell]) : hottest;
            }

            return hottest;
        }
    }

    /// <summary>Share of a cell, column 0 the oldest; null where nothing is known.</summary>
    internal double? this[int row, int column]
    {
        get
        {
            int cell = CellOf(row, column);
            return cell >= 0 && _weight[cell] > _unknown[cell] ? _heat[cell] / _weight[cell] : null;
        }
    }

    /// <summary>Whether more of a cell is unknown than known.</summary>
    internal bool IsUnknown(int row, int column) => CellOf(row, column) is >= 0 and int cell && _unknown[cell] > 0 && _unknown[cell] >= _weight[cell];

    /// <summary>Takes a size and the snapshots kept, and the time of the newest. Lays out at a new size, else at most every five seconds.</summary>
    internal void Fit(int rows, int columns, IReadOnlyCollection<LiveSnapshot> snapshots, long nowNs)
    {
        bool sameSize = rows == _rowsAsked && columns == _columns;
        if (sameSize && _bands.Length > 0 && nowNs - _laidOutNs < LayoutNs)
        {
            return;
        }

        _laidOutNs = nowNs;
        HeatmapBand[] bands = HeatmapLayout.Divide(AccessedIn(snapshots), rows);
        if (sameSize && bands.AsSpan().SequenceEqual(_bands))
        {
            return;
        }

        _rowsAsked = rows;
        _bands = bands;
        _columns = columns;
        _rows = bands.Sum(band => band.Rows);
        _slotNs = Math.Max(1, windowNs / Math.Max(1, columns));
        _heat = new double[_rows * columns];
        _weight = new double[_rows * columns];
        _unknown = new double[_rows * columns];
        _newestSlot = -1;
        foreach (LiveSnapshot snapshot in snapshots)
        {
            Add(snapshot);
        }
    }

    /// <summary>Bound by regions, bands and rows times the slots it covers, usually one or two; no allocation.</summary>
    internal void Add(LiveSnapshot snapshot)
    {
        if (_heat.Length == 0 || snapshot.EndNs <= snapshot.BeginNs)
        {
            return;
        }

        long last = (snapshot.EndNs - 1) / _slotNs;
        ScrollTo(last);
        for (long slot = Math.Max(snapshot.BeginNs / _slotNs, last - _columns + 1); slot <= last; slot++)
        {
            double ns = Math.Min(snapshot.EndNs, (slot + 1) * _slotNs) - Math.Max(snapshot.BeginNs, slot * _slotNs);
            Add(snapshot, Index(slot), ns);
        }
    }

    private static IReadOnlyList<(ulong Start, ulong End)> AccessedIn(IReadOnlyCollection<LiveSnapshot> snapshots)
    {
        RangeSet accessed = new(MaxRanges);
        RangeSet early = new(MaxRanges);
        int number = 0;
        foreach (LiveSnapshot snapshot in snapshots)
        {
            RangeSet set = number++ < AdaptationSnapshots ? early : accessed;
            foreach (ref readonly LiveRegion region in snapshot.Regions)
            {
                if (region.Share > 0 || region.Known < LiveRegion.LeastKnown)
                {
                    set.Add(region.Start, region.End);
                }
            }
        }

        return accessed.Ranges.Count > 0 ? accessed.Ranges : early.Ranges;
    }

    /// <summary>-1 for a time before the first.</summary>
    private int CellOf(int row, int column)
    {
        long slot = _newestSlot - (_columns - 1) + column;
        return slot < 0 ? -1 : (row * _columns) + Index(slot);
    }

    private int Index(long slot) => (int)((slot % _columns) + _columns) % _columns;

    private void ScrollTo(long slot)
    {
        for (long cleared = Math.Max(_newestSlot + 1, slot - _columns + 1); cleared <= slot; cleared++)
        {
            for (int row = 0; row < _rows; row++)
            {
                _heat[(row * _columns) + Index(cleared)] = 0;
                _weight[(row * _columns) + Index(cleared)] = 0;
                _unknown[(row * _columns) + Index(cleared)] = 0;
            }
        }

        _newestSlot = Math.Max(_newestSlot, slot);
    }

    private void Add(LiveSnapshot snapshot, int column, double ns)
    {
        foreach (ref readonly LiveRegion region in snapshot.Regions)
        {
            foreach (HeatmapBand band in _bands)
            {
                ulong start = Math.Max(region.Start, band.Start);
                ulong end = Math.Min(region.End, band.End);
                for (int row = start < end ? band.RowOf(start) : band.Rows; row < band.Rows && start < end; row++)
                {
                    ulong rowEnd = Math.Min(end, band.RowStart(row + 1));
                    double weight = rowEnd > start ? (rowEnd - start) * ns : 0;
                    int cell = ((band.FirstRow + row) * _columns) + column;
                    _heat[cell] += region.Share * region.Known * weight;
                    _weight[cell] += region.Known * weight;
                    _unknown[cell] += (1 - region.Known) * weight;
                    start = Math.Max(start, rowEnd);
                }
            }
        }
    }
}
