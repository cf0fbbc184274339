using System.Globalization;

namespace Damon.Trace.Reports.Pictures;

/// <summary>
/// The viridis ramp (Smith and van der Walt, CC0): equal steps of heat look equal, also to colour-blind eyes and in grey. Nine of its
/// colours; what lies between is interpolated.
/// </summary>
internal static class Viridis
{
    private static readonly uint[] s_colours =
        [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];

    /// <summary>Colour of a share from 0 to 1 as <c>#rrggbb</c>.</summary>
    public static string At(double share)
    {
        double place = Math.Clamp(share, 0, 1) * (s_colours.Length - 1);
        int below = Math.Min((int)place, s_colours.Length - 2);
        double part = place - below;
        uint colour = 0;
        for (int shift = 0; shift < 24; shift += 8)
        {
            double from = (s_colours[below] >> shift) & 0xff;
            double to = (s_colours[below + 1] >> shift) & 0xff;
            colour |= (uint)Math.Round(from + ((to - from) * part)) << shift;
        }

        return Hex(colour);
    }

    private static string Hex(uint colour) => string.Create(CultureInfo.InvariantCulture, $"#{colour:x6}");
}
