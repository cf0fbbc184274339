using System.Globalization;

namespace Damon.Trace.Cli;

/// <summary>Numbers with their unit, and names, for people.</summary>
internal static class HumanText
{
    internal static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";

    /// <summary>A name or a message of the system in one line, whatever is in it.</summary>
    internal static string OneLine(string text)
    {
        string[] lines = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Concat(string.Join(' ', lines).Select(letter => letter == '\t' ? ' ' : char.IsControl(letter) ? '?' : letter));
    }
}
