using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>
/// The cells of one target: heat summed over area and time and the area and time it was summed over. A cell's heat is their quotient, a
/// mean, so that no cell is ever hotter than the hottest region in it. Memory about which nothing is known has no part in it.
/// </summary>
internal sealed class HeatmapGrid(HeatmapBand[] bands, int columns, long beginNs, long endNs)
{
    private readonly int _rows = bands.Sum(band => band.Rows);
    private readonly double[] _heat = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _hz = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _weight = new double[bands.Sum(band => band.Rows) * columns];
    private readonly double[] _rowAccesses = new double[bands.Sum(band => band.Rows)];
    private readonly double[] _rowWeight = new double[bands.Sum(band => band.Rows)];

    // First bytes of the rows of each band, and its end: a division of 128 bits each, which regions must not pay for.
    private readonly ulong[][] _borders = [.. bands.Select(band => Enumerable.Range(0, band.Rows + 1).Select(band.RowStart).ToArray())];
    private HeatmapMemory? _memory;

    // The columns that it sums: all of them, if it is no part of another one.
    private int _firstColumn;
    private int _endColumn = int.MaxValue;

    public HeatmapBand[] Bands => bands;

    public int Columns => columns;

    /// <summary>Resident, unknown and touched memory of the cells; null where no snapshot said.</summary>
    public HeatmapMemory? Memory => _memory;

    /// <summary>
    /// Another grid that sums one of so many equal stretches of time, for a thread of its own: all parts <see cref="Take">taken</see> together are
    /// what one grid would have summed, to the last bit.
    /// </summary>
    public HeatmapGrid Part(int part, int parts) => new(bands, columns, beginNs, endNs)
    {
        _firstColumn = columns * part / parts,
        _endColumn = columns * (part + 1) / parts,
    };

    /// <summary>Whether a stretch of time has a part in its columns.</summary>
    public bool Covers(long fromNs, long toNs)
    {
        fromNs = Math.Max(fromNs, beginNs);
        toNs = Math.Min(toNs, endNs);
        return fromNs < toNs && ColumnOf(fromNs) < _endColumn && ColumnOf(toNs - 1) >= _firstColumn;
    }

    /// <summary>Takes what a part has summed.</summary>
    public void Take(HeatmapGrid part)
    {
        HeatmapMemory.AddTo(_heat, part._heat);
        HeatmapMemory.AddTo(_hz, part._hz);
        HeatmapMemory.AddTo(_weight, part._weight);
        if (part._memory is { } memory)
        {
            (_memory ??= new HeatmapMemory(_rows, columns)).Take(memory);
        }
    }

    /// <summary>Heat of a cell; null where nothing is known.</summary>
    public double? this[int row, int column]
    {
        get
        {
            int cell = (row * columns) + column;
            return StateOf(cell) == CellState.Known ? _heat[cell] / _weight[cell] : null;
        }
    }

    /// <summary>Mean access frequency of a cell in Hz; null where nothing is known. Only meaningful where the intervals were.</summary>
    public double? Hz(int row, int column)
    {
        int cell = (row * columns) + column;
        return StateOf(cell) == CellState.Known ? _hz[cell] / _weight[cell] : null;
    }

    public double Hottest
    {
        get
        {
            double hottest = 0;
            for (int cell = 0; cell < _heat.Length; cell++)
            {
                hottest = StateOf(cell) == CellState.Known ? Math.Max(hottest, _heat[cell] / _weight[cell]) : hottest;
            }

            return hottest;
        }
    }

    public CellState State(int row, int column) => StateOf((row * columns) + column);

    /// <summary>Whether any cell is in a state.</summary>
    public bool Any(CellState state) => Enumerable.Range(0, _weight.Length).Any(cell => StateOf(cell) == state);

    /// <summary>Mean heat of one of the bands over its area and the time in which something is known of it; 0 where nothing is.</summary>
    public double MeanOf(HeatmapBand band)
    {
        Range cells = (band.FirstRow * columns)..((band.FirstRow + band.Rows) * columns);
        double weight = _weight[cells].Sum();
        return weight > 0 ? _heat[cells].Sum() / weight : 0;
    }

    /// <summary>
    /// Adds one snapshot that covers a stretch of time. Bound by regions + rows, then rows times the columns it covers (usually one or
    /// two); no allocation but for the first snapshot with estimates.
    /// </summary>
    /// <param name="snapshot">Its regions are summed.</param>
    /// <param name="fromNs">Begin of its time.</param>
    /// <param name="toNs">End of its time.</param>
    /// <param name="heatPerAccess">Heat of one counted access.</param>
    /// <param name="hzPerAccess">Frequency of one counted access, where known.</param>
    public void Add(Snapshot snapshot, long fromNs, long toNs, double heatPerAccess, double hzPerAccess = 0)
    {
        if (!Covers(fromNs, toNs))
        {
            return;
        }

        fromNs = Math.Max(fromNs, beginNs);
        toNs = Math.Min(toNs, endNs);
        SumRows(snapshot);
        int first = Math.Max(ColumnOf(fromNs), _firstColumn);
        int last = Math.Min(ColumnOf(toNs - 1), _endColumn - 1);
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

            if (snapshot.Estimates.Length > 0)
            {
                _memory!.AddColumn(column, ns);
            }
        }
    }

    private CellState StateOf(int cell)
    {
        if (_memory is null)
        {
            return _weight[cell] > 0 ? CellState.Known : CellState.NoData;
        }

        return _memory.IsUnknown(cell) ? CellState.Unknown
            : _weight[cell] > 0 ? CellState.Known
            : _memory.IsCovered(cell % columns) ? CellState.NoMemory
            : CellState.NoData;
    }

    private void SumRows(Snapshot snapshot)
    {
        Array.Clear(_rowAccesses);
        Array.Clear(_rowWeight);
        ReadOnlySpan<RegionEstimateRecord> estimates = snapshot.Estimates;
        if (estimates.Length > 0)
        {
            _memory ??= new HeatmapMemory(_rows, columns);
            _memory.BeginRows();
        }

        // Regions come in the order of their addresses, nearly always: the next is in the same stretch and row or a later one.
        Span<int> rows = bands.Length <= 64 ? stackalloc int[bands.Length] : new int[bands.Length];
        rows.Clear();
        int first = 0;
        ReadOnlySpan<RegionEvent> regions = snapshot.Regions;
        for (int i = 0; i < regions.Length; i++)
        {
            ref readonly RegionEvent region = ref regions[i];
            first = first > 0 && region.Start < bands[first - 1].End ? 0 : first;
            while (first < bands.Length && bands[first].End <= region.Start)
            {
                first++;
            }

            for (int band = first; band < bands.Length && bands[band].Start < region.End; band++)
            {
                rows[band] = SumRegion(band, rows[band], in region, estimates.IsEmpty ? [] : estimates.Slice(i, 1));
            }
        }
    }

    /// <summary>Adds a region to the rows it is in; returns the last of them.</summary>
    /// <param name="index">The band.</param>
    /// <param name="row">A row of the band, if possible that in which the region begins.</param>
    /// <param name="region">Reaches into the band.</param>
    /// <param name="estimate">Its memory; none where nothing is known of it.</param>
    private int SumRegion(int index, int row, in RegionEvent region, ReadOnlySpan<RegionEstimateRecord> estimate)
    {
        HeatmapBand band = bands[index];
        ulong[] borders = _borders[index];
        ulong start = Math.Max(region.Start, band.Start);
        ulong end = Math.Min(region.End, band.End);
        if (start >= end)
        {
            return row;
        }

        double known = estimate.IsEmpty ? 1 : estimate[0].KnownShare;
        row = borders[row] <= start ? row : 0;
        while (borders[row + 1] <= start)
        {
            row++;
        }

        while (true)
        {
            ulong rowEnd = Math.Min(end, borders[row + 1]);
            if (rowEnd > start)
            {
                double bytes = rowEnd - start;
                _rowAccesses[band.FirstRow + row] += region.NrAccesses * bytes * known;
                _rowWeight[band.FirstRow + row] += bytes * known;
                if (!estimate.IsEmpty)
                {
                    _memory!.AddToRow(band.FirstRow + row, in estimate[0], bytes / (region.End - region.Start));
                }

                start = rowEnd;
            }

            if (start == end)
            {
                return row;
            }

            row++;
        }
    }

    private long ColumnStart(int column) => beginNs + (long)((Int128)(endNs - beginNs) * column / columns);

    private int ColumnOf(long ns)
    {
        int column = (int)((Int128)(ns - beginNs) * columns / (endNs - beginNs));
        return column + 1 < columns && ColumnStart(column + 1) <= ns ? column + 1 : column;
    }
}

/// <summary>What is known of a cell of a heatmap.</summary>
internal enum CellState
{
    /// <summary>No snapshot says anything about it.</summary>
    NoData,

    /// <summary>Snapshots cover its time, and there was no memory at its addresses: not mapped, or not populated.</summary>
    NoMemory,

    /// <summary>Most of its memory could not be sampled: it may be hot or cold.</summary>
    Unknown,

    /// <summary>It has a heat.</summary>
    Known,
}
