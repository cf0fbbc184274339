namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// What stands before an event: <c>comm tid (tgid) [cpu] flags time-of-day time: period</c>, of which only thread and time must be there.
/// Read from the right, because only the name of the thread, at the far left, may contain anything.
/// </summary>
internal sealed class LineHead
{
    private const ulong NsPerSecond = 1_000_000_000;
    private const ulong MaxSeconds = ulong.MaxValue / NsPerSecond;

    private readonly ThreadColumn _thread = new();

    /// <summary>Reads the columns that end at <paramref name="end"/>. No allocation while the threads stay the same few.</summary>
    internal bool TryParse(ReadOnlySpan<byte> line, int end, ref PerfScriptLine result) =>
        TryParseTime(line, end, out int timeBegin, ref result)
        && TryParseCpu(line, timeBegin, out int threadEnd, ref result)
        && _thread.TryParse(line[..threadEnd], ref result);

    /// <summary>
    /// "seconds.fraction:" with six or nine digits, or a whole number of a clock without seconds, and perhaps perf's period before the
    /// event. Integers only: no digit is lost.
    /// </summary>
    private static bool TryParseTime(ReadOnlySpan<byte> line, int end, out int begin, ref PerfScriptLine result)
    {
        end = ByteText.TrimBlanksBefore(line, end);
        int period = ByteText.DigitsBefore(line, end);
        if (period < end)
        {
            end = ByteText.TrimBlanksBefore(line, period);
        }

        begin = end;
        if (end == 0 || line[end - 1] != ':')
        {
            return Fail(end, "a time such as 123.456789: before the event", ref result);
        }

        int fraction = ByteText.DigitsBefore(line, end - 1);
        int digits = end - 1 - fraction;
        int point = fraction - 1;
        if (digits > 0 && (fraction == 0 || ByteText.IsBlank(line[point])))
        {
            return TryParseWhole(line, begin = fraction, ref result);
        }

        if (digits is not (6 or 9) || point < 1 || line[point] != '.')
        {
            return Fail(fraction, "a time with 6 or 9 digits after the point", ref result);
        }

        begin = ByteText.DigitsBefore(line, point);
        int at = begin;
        int fractionAt = fraction;
        if (!ByteText.TryDecimal(line, ref at, MaxSeconds, out ulong seconds)
            || !ByteText.TryDecimal(line, ref fractionAt, ulong.MaxValue, out ulong rest)
            || (begin > 0 && !ByteText.IsBlank(line[begin - 1])))
        {
            return Fail(begin, "the seconds of the time", ref result);
        }

        result.HasWholeTime = false;
        result.FractionAt = fraction;
        result.FractionDigits = digits;
        result.TimestampNs = (long)((seconds * NsPerSecond) + (digits == 6 ? rest * 1000 : rest));
        return true;
    }

    /// <summary>ftrace's clocks x86-tsc and counter, and trace-cmd --raw-ts, print a number without a unit.</summary>
    private static bool TryParseWhole(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        int begin = at;
        if (!ByteText.TryDecimal(line, ref at, long.MaxValue, out ulong time))
        {
            return Fail(begin, "a time below 2^63", ref result);
        }

        result.HasWholeTime = true;
        result.FractionDigits = 0;
        result.TimestampNs = (long)time;
        return true;
    }

    /// <summary>"[NNN]", perhaps followed by a word of flags; or nothing, when the text was printed without cpu.</summary>
    private static bool TryParseCpu(ReadOnlySpan<byte> line, int end, out int begin, ref PerfScriptLine result)
    {
        begin = SkipTimeOfDay(line, ByteText.TrimBlanksBefore(line, end));
        if (TryParseBracket(line, ref begin, ref result))
        {
            return true;
        }

        int flags = ByteText.WordBefore(line, begin);
        int beforeFlags = ByteText.TrimBlanksBefore(line, flags);
        bool isNumber = ByteText.DigitsBefore(line, begin) == flags;
        if (!isNumber && TryParseBracket(line, ref beforeFlags, ref result))
        {
            begin = beforeFlags;
            return true;
        }

        result.Cpu = -1;
        return true;
    }

    /// <summary>The cpu, and before it ftrace's column of thread groups (option record-tgid): "(     77)" or "(-------)".</summary>
    private static bool TryParseBracket(ReadOnlySpan<byte> line, ref int end, ref PerfScriptLine result)
    {
        if (end < 3 || line[end - 1] != ']')
        {
            return false;
        }

        int digits = ByteText.DigitsBefore(line, end - 1);
        int at = digits;
        if (digits == 0 || line[digits - 1] != '[' || !ByteText.TryDecimal(line, ref at, int.MaxValue, out ulong cpu))
        {
            return false;
        }

        result.Cpu = (int)cpu;
        end = SkipThreadGroup(line, digits - 1);
        return true;
    }

    private static int SkipThreadGroup(ReadOnlySpan<byte> line, int end)
    {
        int close = ByteText.TrimBlanksBefore(line, end);
        int open = close > 0 && line[close - 1] == ')' ? line[..close].LastIndexOf((byte)'(') : -1;
        if (open < 0)
        {
            return end;
        }

        ReadOnlySpan<byte> inner = line[(open + 1)..(close - 1)].Trim((byte)' ');
        bool isGroup = !inner.IsEmpty && (inner.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 || inner.IndexOfAnyExcept((byte)'-') < 0);
        return isGroup ? open : end;
    }

    /// <summary>"2026-11-22 02:00:00.000000" of perf script -F +tod.</summary>
    private static int SkipTimeOfDay(ReadOnlySpan<byte> line, int end)
    {
        int clock = ByteText.WordBefore(line, end);
        if (end - clock < "02:00:00".Length || line[clock + 2] != ':' || line[clock + 5] != ':')
        {
            return end;
        }

        int dateEnd = ByteText.TrimBlanksBefore(line, clock);
        int date = ByteText.WordBefore(line, dateEnd);
        return dateEnd - date == "2026-11-22".Length && line[date + 4] == '-' && line[date + 7] == '-'
            ? ByteText.TrimBlanksBefore(line, date)
            : end;
    }

    private static bool Fail(int at, string expected, ref PerfScriptLine result)
    {
        result.ErrorAt = at;
        result.Expected = expected;
        return false;
    }
}
