namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Lines that may stand in such a text without being one of our events: other events, call chains, perf's and trace-cmd's remarks. The
/// list is closed on purpose: what is not on it is an error, not silence. Rare lines, so nothing here is tuned.
/// </summary>
internal static class OtherLine
{
    internal static PerfScriptLineKind Classify(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        if (ByteText.SkipBlanks(line, 0) == line.Length)
        {
            return PerfScriptLineKind.Comment;
        }

        // "CPU:1 [LOST 12 EVENTS]" (trace_pipe), "CPU:1 [12 EVENTS DROPPED]" (trace-cmd), "PERF_RECORD_LOST lost 12" (perf script).
        if ((line.StartsWith("CPU:"u8) && (TryNumberAfter(line, "[LOST "u8, ref result) || TryNumberAfter(line, "["u8, ref result)))
            || (line.IndexOf("PERF_RECORD_LOST"u8) >= 0 && TryNumberAfter(line, "lost "u8, ref result)))
        {
            return PerfScriptLineKind.Lost;
        }

        if (line.IndexOf("PERF_RECORD_"u8) >= 0 || IsRemark(line) || PerfTraceLine.IsOne(line) || IsCallChain(line) || HasTimeAndName(line))
        {
            return PerfScriptLineKind.Other;
        }

        result.ErrorAt = ByteText.SkipBlanks(line, 0);
        result.Expected = "a line of the form: comm tid [cpu] time: event: fields";
        return PerfScriptLineKind.Malformed;
    }

    private static bool TryNumberAfter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> label, ref PerfScriptLine result)
    {
        int at = line.IndexOf(label);
        if (at < 0)
        {
            return false;
        }

        at += label.Length;
        bool found = ByteText.TryDecimal(line, ref at, long.MaxValue, out ulong lost);
        result.LostEvents = (long)lost;
        return found;
    }

    private static bool IsRemark(ReadOnlySpan<byte> line) =>
        line.StartsWith("cpus="u8) || line.StartsWith("version = "u8) || line.StartsWith("trace-cmd version "u8)
        || (line.StartsWith("CPU "u8) && line.EndsWith(" is empty"u8));

    /// <summary>"\tffffffff81ad186a symbol+0x1a ([kernel.kallsyms])" below an event.</summary>
    private static bool IsCallChain(ReadOnlySpan<byte> line)
    {
        int begin = ByteText.SkipBlanks(line, 0);
        int at = begin;
        while (at < line.Length && char.IsAsciiHexDigit((char)line[at]))
        {
            at++;
        }

        return begin > 0 && at > begin && at < line.Length && line[at] == ' ' && line[^1] == ')';
    }

    /// <summary>Anything with "123.456789:" and a word after it that ends with a colon: an event that is not ours.</summary>
    private static bool HasTimeAndName(ReadOnlySpan<byte> line)
    {
        for (int from = 0; ;)
        {
            int colon = line[from..].IndexOf((byte)':');
            if (colon < 0)
            {
                return false;
            }

            colon += from;
            int fraction = ByteText.DigitsBefore(line, colon);
            if (colon - fraction is 6 or 9 && fraction > 1 && line[fraction - 1] == '.' && ByteText.IsDigit(line[fraction - 2]))
            {
                return line[(colon + 1)..].Contains((byte)':');
            }

            from = colon + 1;
        }
    }
}
