using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>
/// <c>--time-range FROM..TO</c>: durations after the begin of the recording (<c>10s..20s</c>) or wall clock in ISO 8601, UTC unless it says
/// otherwise (<c>2026-11-25T18:00:00..2026-11-25T18:00:30</c>); either end may be missing.
/// </summary>
/// <param name="FromNs">Nanoseconds after the begin of the recording.</param>
/// <param name="ToNs">Nanoseconds after the begin of the recording.</param>
/// <param name="FromWallNs">Nanoseconds since 1970 UTC.</param>
/// <param name="ToWallNs">Nanoseconds since 1970 UTC.</param>
internal sealed record TimeRange(long? FromNs, long? ToNs, long? FromWallNs, long? ToWallNs)
{
    internal static readonly TimeRange All = new(null, null, null, null);

    private const string Separator = "..";

    internal static Option<TimeRange?> Option() => new("--time-range")
    {
        Description = "Only this time: since the start, or ISO 8601 (UTC), e.g. 10s..20s, 30s.., 2026-11-25T18:00:00.. Default: all.",
        CustomParser = Parse,
        HelpName = "FROM..TO",
    };

    private static TimeRange? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        int at = text.IndexOf(Separator, StringComparison.Ordinal);
        if (at >= 0
            && TryParse(text[..at], out long? fromNs, out long? fromWallNs)
            && TryParse(text[(at + Separator.Length)..], out long? toNs, out long? toWallNs)
            && !(fromNs >= toNs) && !(fromWallNs >= toWallNs))
        {
            return new TimeRange(fromNs, toNs, fromWallNs, toWallNs);
        }

        result.AddError($"'{text}' is not a time range: use e.g. 10s..20s, 30s.. or 2026-11-25T18:00:00..2026-11-25T18:00:30");
        return null;
    }

    private static bool TryParse(string text, out long? ns, out long? wallNs)
    {
        (ns, wallNs) = (null, null);
        if (text.Length == 0)
        {
            return true;
        }

        if (Duration.TryParseUs(text, out ulong us))
        {
            ns = (long)Math.Min(us, long.MaxValue / 1000) * 1000;
            return true;
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text.Contains('-', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset moment))
        {
            wallNs = (moment - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            return true;
        }

        return false;
    }
}
