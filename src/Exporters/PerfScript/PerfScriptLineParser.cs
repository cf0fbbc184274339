namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Understands one line: <c>comm tid [cpu] flags time: event: fields</c>. Reads from the event's name to the left, because only the
/// name of the thread, at the far left, may contain anything.
/// </summary>
internal sealed class PerfScriptLineParser
{
    private const ulong MaxSeconds = ulong.MaxValue / 1_000_000_000;

    private readonly ThreadColumn _thread = new();
    private readonly LineTemplate _template = new();
    private readonly PerfTraceLine _perfTrace = new();

    /// <summary>
    /// Parses a line without its end. Within a snapshot bound by <see cref="LineTemplate"/>, else by two searches and some 80 digits;
    /// no allocation while the thread stays the same.
    /// </summary>
    internal PerfScriptLineKind Parse(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        if (line.IsEmpty || line[0] == '#')
        {
            return PerfScriptLineKind.Comment;
        }

        if (_template.TryParse(line, ref result))
        {
            return PerfScriptLineKind.Aggregated;
        }

        if (TryFindEvent(line, "damon_aggregated:"u8, out int nameBegin, out int fieldsBegin)
            || TryFindEvent(line, "damon_region_aggregated:"u8, out nameBegin, out fieldsBegin)
            || TryFindEvent(line, "sdt_damon:aggregated:"u8, out nameBegin, out fieldsBegin))
        {
            if (!TryParseHead(line, nameBegin, ref result) || !AggregatedFields.TryParse(line, fieldsBegin, ref result))
            {
                return PerfScriptLineKind.Malformed;
            }

            SetEventName(line[nameBegin..fieldsBegin], ref result);

            if (result.RangeAt > 0)
            {
                _template.Remember(line, result);
            }

            return PerfScriptLineKind.Aggregated;
        }

        if (TryFindEvent(line, "damon_monitor_intervals_tune:"u8, out nameBegin, out fieldsBegin))
        {
            return TryParseHead(line, nameBegin, ref result) && TryParseTune(line, fieldsBegin, ref result)
                ? PerfScriptLineKind.IntervalsTuned
                : PerfScriptLineKind.Malformed;
        }

        if (TryFindEvent(line, "damon_aggregated("u8, out nameBegin, out fieldsBegin)
            || TryFindEvent(line, "damon_region_aggregated("u8, out nameBegin, out fieldsBegin))
        {
            SetEventName(line[nameBegin..fieldsBegin], ref result);
            return _perfTrace.TryParse(line, nameBegin, fieldsBegin, ref result) ? PerfScriptLineKind.Aggregated : PerfScriptLineKind.Malformed;
        }

        return OtherLine.Classify(line, ref result);
    }

    private static void SetEventName(ReadOnlySpan<byte> name, ref PerfScriptLine result)
    {
        HashCode hash = default;
        hash.AddBytes(name);
        result.EventName = hash.ToHashCode();
    }

    /// <summary>Finds an event by its name, which must be a word of its own or follow a system's name and a colon.</summary>
    private static bool TryFindEvent(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out int nameBegin, out int fieldsBegin)
    {
        int at = line.IndexOf(name);
        nameBegin = at;
        fieldsBegin = at + name.Length;
        if (at < 0)
        {
            return false;
        }

        nameBegin = ByteText.WordBefore(line, at);
        return nameBegin == at || line[at - 1] == ':';
    }

    private bool TryParseHead(ReadOnlySpan<byte> line, int end, ref PerfScriptLine result)
    {
        return TryParseTime(line, end, out int timeBegin, ref result)
            && TryParseCpu(line, timeBegin, out int threadEnd, ref result)
            && _thread.TryParse(line[..threadEnd], ref result);
    }

    /// <summary>"seconds.fraction:" with six or nine digits, and perhaps perf's period before the event. Integers only: no digit is lost.</summary>
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

        result.FractionAt = fraction;
        result.FractionDigits = digits;
        result.TimestampNs = (long)((seconds * 1_000_000_000) + (digits == 6 ? rest * 1000 : rest));
        return true;
    }

    /// <summary>"[NNN]", perhaps followed by a word of flags; or nothing, when the text was printed without cpu.</summary>
    private static bool TryParseCpu(ReadOnlySpan<byte> line, int end, out int begin, ref PerfScriptLine result)
    {
        begin = ByteText.TrimBlanksBefore(line, end);
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
        end = digits - 1;
        return true;
    }

    private static bool TryParseTune(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TrySkip(line, ref at, "sample_us="u8)
            || !ByteText.TryDecimal(line, ref at, ulong.MaxValue, out result.SampleUs)
            || ByteText.SkipBlanks(line, at) != line.Length)
        {
            return Fail(at, "sample_us= and a number", ref result);
        }

        return true;
    }

    private static bool Fail(int at, string expected, ref PerfScriptLine result)
    {
        result.ErrorAt = at;
        result.Expected = expected;
        return false;
    }
}
