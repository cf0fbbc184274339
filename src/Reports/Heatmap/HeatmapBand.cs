namespace Damon.Trace.Reports.Heatmap;

/// <summary>A stretch of addresses that a heatmap draws without gap.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="FirstRow">Its first row in the grid.</param>
/// <param name="Rows">Its number of rows.</param>
public readonly record struct HeatmapBand(ulong Start, ulong End, int FirstRow, int Rows)
{
    /// <summary>In bytes.</summary>
    public ulong Size => End - Start;

    /// <summary>First byte of a row, 0 .. <see cref="Rows"/>; the last is the end of the band.</summary>
    public ulong RowStart(int row) => Start + (ulong)((UInt128)Size * (uint)row / (uint)Rows);

    /// <summary>The row an address of the band is in.</summary>
    public int RowOf(ulong address)
    {
        int row = (int)((UInt128)(address - Start) * (uint)Rows / Size);

        // Row borders are rounded down: the address may be the first of the next row.
        return row + 1 < Rows && RowStart(row + 1) <= address ? row + 1 : row;
    }
}
