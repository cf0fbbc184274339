using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// Which share of the sampled accesses to a cell of a map writes: that of the regions in it (<see cref="WriteShares"/>), weighted by area and time.
/// Rows are those of the overview, columns a quarter of them, for the samples of ten seconds serve.
/// </summary>
internal sealed class WriteMap(HeatmapBand[] bands, long beginNs, long endNs)
{
    /// <summary>Cells in time.</summary>
    internal const int Columns = 128;

    private readonly Cell[] _cells = new Cell[bands.Sum(static band => band.Rows) * Columns];

    public int Rows { get; } = bands.Sum(static band => band.Rows);

    public HeatmapBand[] Bands => bands;

    public bool Any { get; private set; }

    /// <summary>The share and its 95 % interval; null where of no access it is known.</summary>
    public ShareInterval? this[int row, int column] => _cells[(row * Columns) + column].Interval;

    /// <summary>Adds the regions of a snapshot that covers a stretch of time.</summary>
    public void Add(Snapshot snapshot, WriteShares writes, long fromNs, long toNs)
    {
        fromNs = Math.Max(fromNs, beginNs);
        toNs = Math.Min(toNs, endNs);
        for (int i = 0; i < snapshot.Count && fromNs < toNs; i++)
        {
            if (writes.Share(i) is { } share && writes.Looks(i) is { } looks)
            {
                Any = true;
                Add(snapshot.Regions[i], share, looks, (fromNs, toNs));
            }
        }
    }

    private void Add(in RegionEvent region, double share, double looks, (long FromNs, long ToNs) time)
    {
        foreach (HeatmapBand band in bands)
        {
            ulong start = Math.Max(region.Start, band.Start);
            ulong end = Math.Min(region.End, band.End);
            for (int row = start < end ? band.RowOf(start) : band.Rows; row < band.Rows && band.RowStart(row) < end; row++)
            {
                double bytes = Math.Min(end, band.RowStart(row + 1)) - Math.Max(start, band.RowStart(row));
                AddRow(band.FirstRow + row, bytes, share, looks, time);
            }
        }
    }

    private void AddRow(int row, double bytes, double share, double looks, (long FromNs, long ToNs) time)
    {
        for (int column = ColumnOf(time.FromNs); column <= ColumnOf(time.ToNs - 1); column++)
        {
            double ns = Math.Min(time.ToNs, ColumnStart(column + 1)) - Math.Max(time.FromNs, ColumnStart(column));
            _cells[(row * Columns) + column].Add(share, looks, bytes * Math.Max(ns, 1));
        }
    }

    private int ColumnOf(long ns) => (int)((Int128)(ns - beginNs) * Columns / (endNs - beginNs));

    private long ColumnStart(int column) => beginNs + (long)((Int128)(endNs - beginNs) * column / Columns);

    private struct Cell
    {
        private double _weight;
        private double _looks;
        private double _writes;

        /// <summary>The same samples serve one snapshot after the other, so their looks are a mean and no sum.</summary>
        public readonly ShareInterval? Interval => _looks > 0 ? ShareInterval.OfWeights(Math.Clamp(_writes / _looks, 0, 1), _looks / _weight) : null;

        public void Add(double share, double looks, double weight)
        {
            _weight += weight;
            _looks += looks * weight;
            _writes += share * looks * weight;
        }
    }
}

/// <summary>Adds the snapshots of a recording to the maps of their targets.</summary>
internal sealed class WritesFill(ReportSelection selection, IReadOnlyDictionary<TargetKey, WriteMap> targets) : ReportPass(selection)
{
    private readonly WriteShares _writes = new();

    protected override void Take(Snapshot snapshot)
    {
        if (targets.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out WriteMap? map))
        {
            _writes.Take(snapshot);
            map.Add(snapshot, _writes, Meter.BeginNs, Meter.EndNs);
        }
    }

    protected override void Take(in AccessEvent access) => _writes.Add(in access);
}
