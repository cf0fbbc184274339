using System.Buffers.Text;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Lines that stand in such a text without being one of our events: other events, call chains, what perf, trace-cmd and shells remark.
/// What is none of the known ones is a remark, too, as long as it is text; how many there are, and the first of them, is told.
/// Rare lines, so nothing here is tuned.
/// </summary>
internal static class OtherLine
{
    internal static PerfScriptLineKind Classify(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        result.ErrorAt = ByteText.SkipBlanks(line, 0);
        result.Expected = "a line of the form: comm tid [cpu] time: event: fields";
        if (result.ErrorAt == line.Length)
        {
            return PerfScriptLineKind.Comment;
        }

        if (TryLoss(line, out PerfScriptLineKind loss, ref result))
        {
            return loss;
        }

        if (line.IndexOf("PERF_RECORD_"u8) >= 0 || PerfTraceLine.IsOne(line) || IsCallChain(line) || HasTimeAndName(line))
        {
            return PerfScriptLineKind.Other;
        }

        // Text may hold tabs and UTF-8; what has other control characters is none.
        bool binary = line.ContainsAnyInRange((byte)0, (byte)8) || line.ContainsAnyInRange((byte)10, (byte)31);
        return binary ? PerfScriptLineKind.Malformed : PerfScriptLineKind.Remark;
    }

    /// <summary>"# entries-in-buffer/entries-written: 1358/5519   #P:2": the head of ftrace's <c>trace</c> file.</summary>
    internal static PerfScriptLineKind ClassifyComment(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        ReadOnlySpan<byte> label = "# entries-in-buffer/entries-written: "u8;
        int at = label.Length;
        if (!line.StartsWith(label)
            || !ByteText.TryDecimal(line, ref at, long.MaxValue, out ulong kept)
            || !ByteText.TrySkip(line, ref at, "/"u8)
            || !ByteText.TryDecimal(line, ref at, long.MaxValue, out ulong written)
            || written <= kept)
        {
            return PerfScriptLineKind.Comment;
        }

        result.LostEvents = (long)(written - kept);
        return PerfScriptLineKind.Overwritten;
    }

    /// <summary>
    /// "CPU:1 [LOST 12 EVENTS]" (trace_pipe), "CPU:1 [12 EVENTS DROPPED]" and "overrun: 12" (trace-cmd), "PERF_RECORD_LOST lost 12",
    /// "Processed 90 events and lost 3 chunks!" and "Processed 90 samples and lost 10.00%!" (perf).
    /// </summary>
    private static bool TryLoss(ReadOnlySpan<byte> line, out PerfScriptLineKind kind, ref PerfScriptLine result)
    {
        kind = PerfScriptLineKind.Lost;
        if ((line.StartsWith("CPU:"u8) && (TryNumberAfter(line, "[LOST "u8, ref result) || TryNumberAfter(line, "["u8, ref result)))
            || (line.StartsWith("overrun: "u8) && TryNumberAfter(line, "overrun: "u8, ref result) && result.LostEvents > 0)
            || (line.IndexOf("PERF_RECORD_LOST"u8) >= 0 && TryNumberAfter(line, "lost "u8, ref result)))
        {
            return true;
        }

        if (!line.StartsWith("Processed "u8))
        {
            return false;
        }

        if (line.EndsWith(" chunks!"u8) && TryNumberAfter(line, " and lost "u8, ref result))
        {
            kind = PerfScriptLineKind.LostChunks;
            return true;
        }

        return line.EndsWith("%!"u8) && TryLostShare(line, ref result);
    }

    private static bool TryLostShare(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        int at = "Processed "u8.Length;
        int percentAt = line.IndexOf(" and lost "u8);
        if (percentAt < 0 || !ByteText.TryDecimal(line, ref at, long.MaxValue, out ulong processed)
            || !Utf8Parser.TryParse(line[(percentAt + " and lost "u8.Length)..], out double percent, out _) || percent is not (>= 0 and <= 100))
        {
            return false;
        }

        result.LostEvents = (long)Math.Round(processed * percent / 100);
        return true;
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
            bool seconds = colon - fraction is 6 or 9 && fraction > 1 && line[fraction - 1] == '.' && ByteText.IsDigit(line[fraction - 2]);
            bool whole = colon > fraction && fraction > 1 && ByteText.IsBlank(line[fraction - 1]) && line[..fraction].IndexOf("] "u8) > 0;
            if (seconds || whole)
            {
                return line[(colon + 1)..].Contains((byte)':');
            }

            from = colon + 1;
        }
    }
}
