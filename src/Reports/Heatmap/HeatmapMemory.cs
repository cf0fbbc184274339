using Damon.Trace.Events;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>The memory of the cells of a heatmap by what is known of it, in bytes times nanoseconds.</summary>
internal sealed class HeatmapMemory(int rows, int columns)
{
    private readonly double[] _resident = new double[rows * columns];
    private readonly double[] _unknown = new double[rows * columns];
    private readonly double[] _touched = new double[rows * columns];
    private readonly double[] _rowResident = new double[rows];
    private readonly double[] _rowUnknown = new double[rows];
    private readonly double[] _rowTouched = new double[rows];
    private readonly double[] _columnNs = new double[columns];

    /// <summary>Mean bytes of memory in a cell; null where no snapshot tells.</summary>
    public double? Resident(int row, int column) => Mean(_resident, row, column);

    /// <summary>Of these, bytes about which nothing is known.</summary>
    public double? Unknown(int row, int column) => Mean(_unknown, row, column);

    /// <summary>
    /// Share of the known memory of a cell that was touched in one sampling interval, 0 to 1; null where nothing is known.
    /// </summary>
    public double? Touched(int row, int column)
    {
        int cell = (row * columns) + column;
        double known = _resident[cell] - _unknown[cell];
        return known > 0 ? Math.Clamp(_touched[cell] / known, 0, 1) : null;
    }

    /// <summary>More of it is unknown than known.</summary>
    public bool IsUnknown(int cell) => _unknown[cell] > 0 && _unknown[cell] > _resident[cell] / 2;

    /// <summary>Snapshots that tell of memory cover the time of a column.</summary>
    public bool IsCovered(int column) => _columnNs[column] > 0;

    /// <summary>Forgets the rows of the snapshot before.</summary>
    public void BeginRows()
    {
        Array.Clear(_rowResident);
        Array.Clear(_rowUnknown);
        Array.Clear(_rowTouched);
    }

    /// <summary>Adds a share of a region.</summary>
    public void AddToRow(int row, in RegionEstimateRecord estimate, double share)
    {
        double bytes = share * RegionEstimateRecord.PageBytes;
        _rowResident[row] += bytes * estimate.ResidentPages;
        _rowUnknown[row] += bytes * estimate.UnknownPages;
        _rowTouched[row] += bytes * estimate.TouchedPages;
    }

    /// <summary>Adds the rows to a column for a time.</summary>
    public void AddColumn(int column, double ns)
    {
        _columnNs[column] += ns;
        for (int row = 0; row < rows; row++)
        {
            int cell = (row * columns) + column;
            _resident[cell] += _rowResident[row] * ns;
            _unknown[cell] += _rowUnknown[row] * ns;
            _touched[cell] += _rowTouched[row] * ns;
        }
    }

    /// <summary>Takes what another one has summed.</summary>
    public void Take(HeatmapMemory other)
    {
        AddTo(_resident, other._resident);
        AddTo(_unknown, other._unknown);
        AddTo(_touched, other._touched);
        AddTo(_columnNs, other._columnNs);
    }

    internal static void AddTo(double[] sums, double[] more)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += more[i];
        }
    }

    private double? Mean(double[] sums, int row, int column) =>
        _columnNs[column] > 0 ? sums[(row * columns) + column] / _columnNs[column] : null;
}
