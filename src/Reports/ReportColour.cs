using System.Globalization;

namespace Damon.Trace.Reports;

/// <summary>The viridis ramp in the 256 colours of terminals: equal steps also for colour-blind eyes, dark is little.</summary>
public static class ReportColour
{
    private static readonly int[] s_ramp = [53, 54, 60, 24, 30, 36, 71, 77, 148, 226];

    /// <summary>Levels of the ramp, the lowest for "not accessed".</summary>
    public static int Levels => s_ramp.Length;

    /// <summary>Colours are for terminals, and not where NO_COLOR (https://no-color.org) is set to anything.</summary>
    public static bool IsWanted(bool isTerminal, string? noColor) => isTerminal && string.IsNullOrEmpty(noColor);

    /// <summary>Sets the background of a level, with a text colour that stands out.</summary>
    public static string Begin(int level) =>
        string.Create(CultureInfo.InvariantCulture, $"\x1b[48;5;{s_ramp[level]};38;5;{(level < 5 ? 255 : 16)}m");

    /// <summary>Ends all colours.</summary>
    public static string End => "\x1b[0m";
}
