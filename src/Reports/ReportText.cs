using System.Globalization;

namespace Damon.Trace.Reports;

/// <summary>How reports write numbers: every one with its unit, none depending on the culture.</summary>
public static class ReportText
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary><c>1.250 MiB</c>; powers of 1024.</summary>
    public static string Size(double bytes) => Scaled(bytes, "F3");

    /// <summary><c>1.25 MiB</c>: at most eleven characters, for tables with many columns.</summary>
    public static string ShortSize(double bytes) => Scaled(bytes, "F2");

    /// <summary><c>+1.25 MiB</c> or <c>-1.25 MiB</c>; <c>0</c> for no change.</summary>
    internal static string Change(double bytes) => bytes == 0 ? "0" : (bytes > 0 ? "+" : "") + ShortSize(bytes);

    /// <summary>As it is read back on the command line.</summary>
    public static string Address(ulong address) => "0x" + Digits(address);

    /// <summary>Without the prefix.</summary>
    internal static string Digits(ulong address) => address.ToString("x12", CultureInfo.InvariantCulture);

    /// <summary><c>0x7f0000000000-0x7f0000200000</c>; the end is the first byte after it.</summary>
    public static string Range(ulong start, ulong end) => $"{Address(start)}-{Address(end)}";

    /// <summary>Three significant places and the unit that fits.</summary>
    public static string Seconds(double seconds) => Math.Abs(seconds) switch
    {
        >= 100 => Invariant($"{seconds:F0} s"),
        >= 1 => Invariant($"{seconds:F2} s"),
        >= 0.001 => Invariant($"{seconds * 1000:F1} ms"),
        0 => "0 s",
        _ => Invariant($"{seconds * 1_000_000:F1} us"),
    };

    /// <summary><c>12.5 %</c> of a share from 0 to 1.</summary>
    public static string Percent(double share) => Invariant($"{share * 100:F1} %");

    /// <summary><c>5 ms</c>: in the largest unit that keeps it a whole number.</summary>
    public static string Microseconds(ulong us) => us switch
    {
        _ when us % 1_000_000 == 0 => Invariant($"{us / 1_000_000} s"),
        _ when us % 1000 == 0 => Invariant($"{us / 1000} ms"),
        _ => Invariant($"{us} us"),
    };

    /// <summary>UTC, to the millisecond: the clock pairing of a recording's header is no better.</summary>
    public static string Wall(long wallNs) =>
        DateTime.UnixEpoch.AddTicks(wallNs / 100).ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Printable ASCII only: names come from other processes and must not reach the terminal raw.</summary>
    public static string Clean(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = source[i] is >= ' ' and < '\x7f' ? source[i] : '?';
            }
        });

    /// <summary>Permissions and name; of a path that is too long the file's name, which tells more than the folders above it.</summary>
    public static string ShortName(string name, int width)
    {
        int folders = name.LastIndexOf('/');
        int path = name.IndexOf('/', StringComparison.Ordinal);
        bool shorten = name.Length > width && path >= 0 && folders > path;
        string text = shorten ? $"{name[..path]}.../{name[(folders + 1)..]}" : name;
        return text.Length <= width ? text : text[..Math.Max(0, width)];
    }

    /// <summary>The program of a command line: a report is passed on, and arguments may hold secrets. They stay in the recording.</summary>
    internal static string Program(string commandLine)
    {
        string[] words = commandLine.Trim().Split(' ', 2);
        return words.Length == 1 ? Clean(words[0]) : $"{Clean(words[0])} ...";
    }

    /// <summary>Formats without regard to the culture.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Scaled(double bytes, string format)
    {
        int unit = 0;
        while (Math.Abs(bytes) >= 1024 && unit < s_units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return $"{bytes.ToString(unit == 0 ? "F0" : format, CultureInfo.InvariantCulture)} {s_units[unit]}";
    }
}
