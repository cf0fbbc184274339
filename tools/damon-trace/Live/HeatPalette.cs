using System.Globalization;
using System.Text;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Live;

/// <summary>How a cell of the heatmap looks: always a character that tells its level, with colours behind it where there are any.</summary>
/// <param name="colours">What the terminal can show.</param>
/// <param name="unicode">Whether it can show more than ASCII.</param>
internal sealed class HeatPalette(ColourMode colours, bool unicode)
{
    /// <summary>Level of the hottest cells; 0 is not accessed, -1 no data.</summary>
    internal const int MaxLevel = 9;

    /// <summary>Level of cells that could not be sampled: hot or cold, nobody knows.</summary>
    internal const int Unknown = -2;

    private const string Bars = "▁▂▃▄▅▆▇█";
    private const string AsciiBars = "_.-=+*%#";

    // Viridis (van der Walt and Smith) in ten steps. The darkest is for what is not accessed; its neighbours, which look the same on a dark
    // ground, are left out, so that the least heat is seen.
    private static readonly (byte R, byte G, byte B)[] s_viridis =
    [
        (68, 1, 84), (59, 82, 139), (49, 104, 142), (38, 130, 142), (33, 145, 140),
        (31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37),
    ];

    internal ColourMode Colours => colours;

    /// <summary>Chooses from --color and the environment: NO_COLOR, TERM, COLORTERM, and the locale for characters.</summary>
    /// <param name="choice">auto, never, 256 or truecolor.</param>
    /// <param name="isTerminal">Whether the output is one.</param>
    /// <param name="environment">Looks up a variable.</param>
    internal static HeatPalette Choose(string choice, bool isTerminal, Func<string, string?> environment)
    {
        string locale = FirstSet(environment("LC_ALL"), environment("LC_CTYPE"), environment("LANG"));
        bool unicode = locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        ColourMode mode = choice switch
        {
            "never" => ColourMode.None,
            "256" => ColourMode.Indexed,
            "truecolor" => ColourMode.Truecolor,
            _ => Detect(isTerminal, environment),
        };
        return new HeatPalette(mode, unicode);
    }

    internal static int Level(double? share, double hottest) => share switch
    {
        null => -1,
        <= 0 => 0,
        double heat => Math.Clamp((int)Math.Ceiling(heat / hottest * MaxLevel), 1, MaxLevel),
    };

    internal static char Digit(int level) => level switch { Unknown => '?', -1 => ' ', 0 => '.', _ => (char)('0' + level) };

    /// <summary>A bar of a height from 0 to 1.</summary>
    internal char Bar(double height)
    {
        string bars = unicode ? Bars : AsciiBars;
        return bars[Math.Clamp((int)(height * bars.Length), 0, bars.Length - 1)];
    }

    /// <summary>Appends what sets the colours of a level; nothing without colours.</summary>
    internal void Begin(StringBuilder line, int level)
    {
        if (colours == ColourMode.None)
        {
            return;
        }

        if (level < 0)
        {
            line.Append(ReportColour.End);
        }
        else if (colours == ColourMode.Indexed)
        {
            line.Append(ReportColour.Begin(level));
        }
        else
        {
            (byte r, byte g, byte b) = s_viridis[level];
            line.Append(CultureInfo.InvariantCulture, $"\x1b[48;2;{r};{g};{b};38;5;{(level < 5 ? 255 : 16)}m");
        }
    }

    internal void End(StringBuilder line) => line.Append(colours == ColourMode.None ? "" : ReportColour.End);

    private static ColourMode Detect(bool isTerminal, Func<string, string?> environment)
    {
        string term = environment("TERM") ?? "dumb";
        return !ReportColour.IsWanted(isTerminal, environment("NO_COLOR")) || term is "dumb" or "" || term.StartsWith("vt", StringComparison.Ordinal)
            ? ColourMode.None
            : environment("COLORTERM") is "truecolor" or "24bit" ? ColourMode.Truecolor : ColourMode.Indexed;
    }

    private static string FirstSet(params string?[] values) => Array.Find(values, value => !string.IsNullOrEmpty(value)) ?? "";
}
