namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// What collectors of logs put before a line: a time (docker and kubectl logs --timestamps, CI systems), a time with host and program
/// (journalctl, syslog), the stream (CRI), the pod (kubectl logs --prefix), the service (docker compose). They begin in the first column,
/// where perf and ftrace have a blank. No allocation.
/// </summary>
internal static class CollectorPrefix
{
    /// <summary>Bytes of the line that are not the program's own; 0 for nearly all lines, after one comparison.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] == '#' || ByteText.IsBlank(line[0]))
        {
            return 0;
        }

        int at = 0;
        while (TrySkip(line, ref at))
        {
        }

        return at;
    }

    private static bool TrySkip(ReadOnlySpan<byte> line, ref int at)
    {
        int next = at;
        if (TryPriority(line, ref next) || TryDateTime(line, ref next) || TryPod(line, ref next) || TryService(line, ref next))
        {
            at = next;
            return true;
        }

        return false;
    }

    /// <summary>"&lt;13&gt;" of syslog; the time follows at once.</summary>
    private static bool TryPriority(ReadOnlySpan<byte> line, ref int at)
    {
        int begin = at;
        return TryByte(line, ref begin, '<') && TryDigits(line, ref begin, 1, 3) && TryByte(line, ref begin, '>') && Set(ref at, begin);
    }

    /// <summary>A time in one of four forms, and what may follow it: CRI's stream, or host and program.</summary>
    private static bool TryDateTime(ReadOnlySpan<byte> line, ref int at)
    {
        int next = at;
        if (TryIso(line, ref next) || TryMonthDay(line, ref next) || TrySinceBoot(line, ref next))
        {
            _ = TryStream(line, ref next) || TryProgram(line, ref next);
            return Set(ref at, next);
        }

        // Seconds alone might be perf trace's milliseconds: a program has to follow.
        return TrySeconds(line, ref next) && TryProgram(line, ref next) && Set(ref at, next);
    }

    /// <summary>"2026-11-29T10:40:42.123456789Z ", with a blank for T, a comma for the point, an offset for Z, or none.</summary>
    private static bool TryIso(ReadOnlySpan<byte> line, ref int at)
    {
        int next = at;
        if (!TryDigits(line, ref next, 4, 4) || !TryByte(line, ref next, '-') || !TryDigits(line, ref next, 2, 2)
            || !TryByte(line, ref next, '-') || !TryDigits(line, ref next, 2, 2)
            || !(TryByte(line, ref next, 'T') || TryByte(line, ref next, ' ')) || !TryClock(line, ref next))
        {
            return false;
        }

        if (!TryByte(line, ref next, 'Z') && (TryByte(line, ref next, '+') || TryByte(line, ref next, '-')))
        {
            while (next < line.Length && (ByteText.IsDigit(line[next]) || line[next] == ':'))
            {
                next++;
            }
        }

        return TryByte(line, ref next, ' ') && Set(ref at, next);
    }

    /// <summary>"Nov 29 10:40:42 " of syslog, journalctl and ts.</summary>
    private static bool TryMonthDay(ReadOnlySpan<byte> line, ref int at)
    {
        ReadOnlySpan<byte> months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec "u8;
        int next = at + 4;
        if (next > line.Length || months.IndexOf(line[at..next]) is var month && (month < 0 || month % 4 != 0))
        {
            return false;
        }

        next = ByteText.SkipBlanks(line, next);
        return TryDigits(line, ref next, 1, 2) && TryByte(line, ref next, ' ') && TryClock(line, ref next) && TryByte(line, ref next, ' ')
            && Set(ref at, next);
    }

    /// <summary>"[    5.123456] " of journalctl -o short-monotonic.</summary>
    private static bool TrySinceBoot(ReadOnlySpan<byte> line, ref int at)
    {
        int next = at;
        if (!TryByte(line, ref next, '['))
        {
            return false;
        }

        next = ByteText.SkipBlanks(line, next);
        return TryDigits(line, ref next, 1, 12) && TryByte(line, ref next, '.') && TryDigits(line, ref next, 6, 9)
            && TryByte(line, ref next, ']') && TryByte(line, ref next, ' ') && Set(ref at, next);
    }

    /// <summary>"1764412842.123456 " of journalctl -o short-unix.</summary>
    private static bool TrySeconds(ReadOnlySpan<byte> line, ref int at)
    {
        int next = at;
        return TryDigits(line, ref next, 9, 11) && TryByte(line, ref next, '.') && TryDigits(line, ref next, 6, 6)
            && TryByte(line, ref next, ' ') && Set(ref at, next);
    }

    /// <summary>"stdout F " of CRI: whole (F) or part (P) of a line.</summary>
    private static bool TryStream(ReadOnlySpan<byte> line, ref int at)
    {
        int next = at;
        return (ByteText.TrySkip(line, ref next, "stdout "u8) || ByteText.TrySkip(line, ref next, "stderr "u8))
            && (ByteText.TrySkip(line, ref next, "F "u8) || ByteText.TrySkip(line, ref next, "P "u8)) && Set(ref at, next);
    }

    /// <summary>"host perf[123]: ", "host perf: " or "perf[123]: ".</summary>
    private static bool TryProgram(ReadOnlySpan<byte> line, ref int at)
    {
        int first = WordEnd(line, at);
        if (line[at..first].EndsWith("]:"u8) && first < line.Length)
        {
            return Set(ref at, first + 1);
        }

        int second = first < line.Length ? WordEnd(line, first + 1) : first;
        return second < line.Length && second > first + 2 && line[second - 1] == ':' && !ByteText.IsDigit(line[second - 2])
            && Set(ref at, second + 1);
    }

    /// <summary>"[pod/name/container] ".</summary>
    private static bool TryPod(ReadOnlySpan<byte> line, ref int at)
    {
        int end = WordEnd(line, at);
        ReadOnlySpan<byte> word = line[at..end];
        return end < line.Length && word is [(byte)'[', .., (byte)']'] && word.Contains((byte)'/') && Set(ref at, end + 1);
    }

    /// <summary>"service-1  | ".</summary>
    private static bool TryService(ReadOnlySpan<byte> line, ref int at)
    {
        int next = ByteText.SkipBlanks(line, WordEnd(line, at));
        return next > at && TryByte(line, ref next, '|') && TryByte(line, ref next, ' ') && Set(ref at, next);
    }

    /// <summary>"10:40:42", perhaps with a fraction.</summary>
    private static bool TryClock(ReadOnlySpan<byte> line, ref int at)
    {
        if (!TryDigits(line, ref at, 2, 2) || !TryByte(line, ref at, ':') || !TryDigits(line, ref at, 2, 2)
            || !TryByte(line, ref at, ':') || !TryDigits(line, ref at, 2, 2))
        {
            return false;
        }

        return !(TryByte(line, ref at, '.') || TryByte(line, ref at, ',')) || TryDigits(line, ref at, 1, 9);
    }

    private static bool TryDigits(ReadOnlySpan<byte> line, ref int at, int min, int max)
    {
        int begin = at;
        while (at < line.Length && at - begin < max && ByteText.IsDigit(line[at]))
        {
            at++;
        }

        return at - begin >= min;
    }

    private static bool TryByte(ReadOnlySpan<byte> line, ref int at, char expected)
    {
        if (at >= line.Length || line[at] != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    private static int WordEnd(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && !ByteText.IsBlank(line[at]))
        {
            at++;
        }

        return at;
    }

    private static bool Set(ref int at, int value)
    {
        at = value;
        return true;
    }
}
