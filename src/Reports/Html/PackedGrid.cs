using System.Buffers.Binary;
using System.IO.Compression;
using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// The cells of a grid for the page, row by row: u16 little endian, gzip. 0 is no data, 1 is exactly zero, 2 .. 65533 are (v - 1) / 65532
/// of the largest, 65534 is no memory, 65535 is unknown; more than zero is never rounded to zero.
/// </summary>
internal static class PackedGrid
{
    private const int Largest = 65532;
    private const ushort NoMemory = 65534;
    private const ushort Unknown = 65535;

    /// <param name="grid">Says how many rows and columns there are, and what is known of each cell.</param>
    /// <param name="valueOf">Value of a cell by row and column; null where it is unknown.</param>
    /// <param name="most">The largest of them.</param>
    public static byte[] Pack(HeatmapGrid grid, Func<int, int, double?> valueOf, out double most) =>
        Pack(grid.Bands.Sum(band => band.Rows), grid.Columns, grid.State, valueOf, out most);

    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <param name="valueOf">Value of a cell by row and column; null where there is none.</param>
    /// <param name="most">The largest of them.</param>
    public static byte[] Pack(int rows, int columns, Func<int, int, double?> valueOf, out double most) =>
        Pack(rows, columns, static (_, _) => CellState.Known, valueOf, out most);

    private static byte[] Pack(int rows, int columns, Func<int, int, CellState> stateOf, Func<int, int, double?> valueOf, out double most)
    {
        most = 0;
        for (int cell = 0; cell < rows * columns; cell++)
        {
            most = Math.Max(most, valueOf(cell / columns, cell % columns) ?? 0);
        }

        byte[] cells = new byte[rows * columns * sizeof(ushort)];
        for (int cell = 0; cell < rows * columns; cell++)
        {
            ushort code = stateOf(cell / columns, cell % columns) switch
            {
                CellState.NoMemory => NoMemory,
                CellState.Unknown => Unknown,
                _ => Code(valueOf(cell / columns, cell % columns), most),
            };
            BinaryPrimitives.WriteUInt16LittleEndian(cells.AsSpan(cell * sizeof(ushort)), code);
        }

        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(cells);
        }

        return packed.ToArray();
    }

    private static ushort Code(double? value, double most) => value switch
    {
        null => 0,
        <= 0 => 1,
        { } known => (ushort)(1 + Math.Clamp((int)Math.Round(known / most * Largest), 1, Largest)),
    };
}
