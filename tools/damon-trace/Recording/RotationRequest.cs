using System.CommandLine.Parsing;
using System.Globalization;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Exporters.Output;

namespace Damon.Trace.Cli.Recording;

/// <summary>When a recording goes on in a new file, and how many stay.</summary>
/// <param name="Bytes">When a file has so many bytes; null for any size.</param>
/// <param name="Period">After so long; null for any time.</param>
/// <param name="Keep">Files that stay of each output, the newest; older ones are deleted. 0: all.</param>
internal sealed record RotationRequest(ulong? Bytes, TimeSpan? Period, int Keep)
{
    private static readonly string[] s_doubleSuffixes = [".perf.data", ".damo.json"];

    private const string StampFormat = "yyyyMMdd-HHmmss";

    internal const ulong LeastBytes = 1 << 20;
    internal const ulong LeastPeriodUs = 1_000_000;

    /// <summary>A size or a duration: <c>100MB</c>, <c>1h</c>.</summary>
    internal static (ulong? Bytes, TimeSpan? Period)? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (text.Length > 1 && text.EndsWith('m') && text[..^1].All(char.IsAsciiDigit))
        {
            // A megabyte to those who write sizes, a minute to those who write times.
            result.AddError($"'{text}' is a size to some and a time to others: use {text[..^1]}MB or {text[..^1]}min");
            return null;
        }

        bool isTime = text.Length > 0 && char.IsAsciiDigit(text[0]) && text.EndsWith('s') | text.EndsWith('n') | text.EndsWith('h') | text.EndsWith('d');
        if (isTime && Duration.TryParseUs(text, out ulong us) && us >= LeastPeriodUs)
        {
            return (null, TimeSpan.FromMicroseconds(us));
        }

        if (!isTime && ByteSize.TryParse(text, out ulong bytes) && bytes >= LeastBytes)
        {
            return (bytes, null);
        }

        result.AddError($"'{text}' is neither a size nor a time to begin a new file after: use e.g. 100MB (1MB or more) or 1h (1s or more)");
        return null;
    }

    /// <summary>
    /// The name of a file that begins at a time: <c>a.nettrace</c> becomes <c>a-20261129-180000.nettrace</c>, so that names sort by time. A clock that
    /// was put back gives no earlier name than there is: what is recorded then would be taken for the oldest, and deleted first.
    /// </summary>
    internal static string NameAt(string path, DateTime utc)
    {
        (string stem, string suffix) = Split(path);
        (string Stamp, int Number) next = (utc.ToString(StampFormat, CultureInfo.InvariantCulture), 0);
        foreach (string ending in (string[])[suffix, suffix + OutputFile.PartialSuffix])
        {
            if (FilesOf(path, ending) is [.., var newest] && OrderOf(newest, ending) is var last && last.CompareTo(next) >= 0)
            {
                next = (last.Stamp, last.Number + 1);
            }
        }

        return next.Number == 0 ? $"{stem}-{next.Stamp}{suffix}" : string.Create(CultureInfo.InvariantCulture, $"{stem}-{next.Stamp}.{next.Number}{suffix}");
    }

    /// <summary>The files of an output that are there, oldest first: those of earlier recordings to the same name, too.</summary>
    internal static IReadOnlyList<string> FilesOf(string path) => FilesOf(path, Split(path).Suffix);

    /// <summary>What recorders that were killed have left of theirs, and what is being written, oldest first.</summary>
    internal static IReadOnlyList<string> PartsOf(string path) => FilesOf(path, Split(path).Suffix + OutputFile.PartialSuffix);

    private static List<string> FilesOf(string path, string suffix)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string begin = Path.GetFileName(Split(path).Stem) + "-";
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(file => IsOne(Path.GetFileName(file), begin, suffix)).OrderBy(file => OrderOf(file, suffix))]
            : [];
    }

    /// <summary>The time in a name, and which of that time it is: the tenth comes after the second.</summary>
    private static (string Stamp, int Number) OrderOf(string file, string suffix)
    {
        string[] parts = file[..^suffix.Length].Split('-')[^1].Split('.');
        string day = file[..^suffix.Length].Split('-')[^2];
        return ($"{day}-{parts[0]}", parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }

    private static bool IsOne(string name, string begin, string suffix)
    {
        if (!name.StartsWith(begin, StringComparison.Ordinal) || !name.EndsWith(suffix, StringComparison.Ordinal)
            || name.Length < begin.Length + suffix.Length)
        {
            return false;
        }

        string[] stamp = name[begin.Length..^suffix.Length].Split('.');
        return stamp.Length <= 2 && stamp[0].Length == 15 && stamp[0][8] == '-'
            && (stamp[0][..8] + stamp[0][9..]).All(char.IsAsciiDigit) && stamp.Skip(1).All(static number => number.Length is > 0 and < 10 && number.All(char.IsAsciiDigit));
    }

    /// <summary>The suffix is what tells the format, <c>.perf.data</c> as well.</summary>
    private static (string Stem, string Suffix) Split(string path)
    {
        string suffix = s_doubleSuffixes.FirstOrDefault(path.EndsWith) ?? Path.GetExtension(path);
        return (path[..^suffix.Length], suffix);
    }
}
