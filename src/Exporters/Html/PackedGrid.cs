using System.Buffers.Binary;
using System.IO.Compression;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Html;

/// <summary>
/// The cells of a grid for the page, row by row: u16 little endian, gzip. 0 is unknown, 1 is exactly zero, 2 .. 65535 are (v - 1) / 65534
/// of the largest; more than zero is never rounded to zero.
/// </summary>
internal static class PackedGrid
{
    private const int Largest = 65534;

    public static byte[] Pack(HeatmapGrid grid)
    {
        int rows = grid.Bands.Sum(band => band.Rows);
        byte[] cells = new byte[rows * grid.Columns * sizeof(ushort)];
        double most = grid.Hottest;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < grid.Columns; column++)
            {
                int cell = (row * grid.Columns) + column;
                BinaryPrimitives.WriteUInt16LittleEndian(cells.AsSpan(cell * sizeof(ushort)), Code(grid[row, column], most));
            }
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
