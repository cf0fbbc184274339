using System.Globalization;

namespace Damon.Trace.Cli.Recording;

/// <summary>Numbers for people, with their unit.</summary>
internal static class HumanText
{
    internal static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
