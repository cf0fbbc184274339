using System.Globalization;

namespace Damon.Trace.Cli.Recording;

/// <summary>Numbers for people, with their unit.</summary>
internal static class HumanText
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    internal static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < s_units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string format = unit == 0 ? "F0" : "F1";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {s_units[unit]}";
    }

    internal static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
