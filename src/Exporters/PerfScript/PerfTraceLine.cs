using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// A line of <c>perf trace</c>: milliseconds, name/id, and the fields in parentheses, either as a list that leaves out what is 0,
/// <code>0.027 kdamond.0/77 damon:damon_aggregated(nr_regions: 10, start: 4096, end: 8192, age: 8)</code>
/// or, with <c>--libtraceevent_print</c>, as the kernel prints them. Old perf has a column of durations after the time. Not tuned:
/// nobody records gigabytes so.
/// </summary>
internal sealed class PerfTraceLine
{
    private const ulong MaxMilliseconds = ulong.MaxValue / 1_000_000 / 1000;

    private byte[] _commBytes = [];
    private string _comm = "";

    /// <summary>Whether a line looks like one of perf trace, of whatever event.</summary>
    internal static bool IsOne(ReadOnlySpan<byte> line) =>
        line[^1] == ')' && TryTime(line, out _, out int at) && line[at..].Contains((byte)'(');

    /// <summary>Parses a line whose event's name, a parenthesis behind it, was found at <paramref name="nameBegin"/>.</summary>
    internal bool TryParse(ReadOnlySpan<byte> line, int nameBegin, int fieldsBegin, ref PerfScriptLine result)
    {
        result.Cpu = -1;
        result.RangeAt = 0;
        result.HasProbeHits = false;
        result.AnyProbeHit = false;
        result.HasWholeTime = false;
        if (!TryTime(line, out result.TimestampNs, out int at))
        {
            return Fail(0, "a time in milliseconds such as 0.027", ref result);
        }

        if (!TryThread(line[..ByteText.TrimBlanksBefore(line, nameBegin)], at, ref result))
        {
            return false;
        }

        if (line[^1] != ')')
        {
            return Fail(line.Length, "')'", ref result);
        }

        ReadOnlySpan<byte> inner = line[..^1];
        if (inner[fieldsBegin..].IndexOf(": "u8) >= 0 && inner[fieldsBegin..].IndexOf("target_id="u8) < 0)
        {
            return TryList(inner, fieldsBegin, ref result);
        }

        bool parsed = AggregatedFields.TryParse(inner, fieldsBegin, ref result);
        result.RangeAt = 0;
        return parsed;
    }

    /// <summary>"4150773.750 ", perhaps followed by "( 0.003 ms): ".</summary>
    private static bool TryTime(ReadOnlySpan<byte> line, out long timestampNs, out int at)
    {
        timestampNs = 0;
        at = ByteText.SkipBlanks(line, 0);
        if (!ByteText.TryDecimal(line, ref at, MaxMilliseconds, out ulong milliseconds) || !ByteText.TrySkip(line, ref at, "."u8))
        {
            return false;
        }

        int fractionAt = at;
        if (!ByteText.TryDecimal(line, ref at, 999, out ulong microseconds) || at - fractionAt != 3
            || at == line.Length || !ByteText.IsBlank(line[at]))
        {
            return false;
        }

        timestampNs = (long)((milliseconds * 1_000_000) + (microseconds * 1000));
        at = ByteText.SkipBlanks(line, at);
        if (at < line.Length && line[at] == '(' && line[at..].IndexOf("):"u8) is > 0 and int duration)
        {
            at = ByteText.SkipBlanks(line, at + duration + "):".Length);
        }

        return true;
    }

    private bool TryThread(ReadOnlySpan<byte> head, int begin, ref PerfScriptLine result)
    {
        int tidAt = ByteText.DigitsBefore(head, head.Length);
        int at = tidAt;
        if (tidAt <= begin || head[tidAt - 1] != '/' || !ByteText.TryDecimal(head, ref at, int.MaxValue, out ulong tid))
        {
            return Fail(begin, "name/id of a thread", ref result);
        }

        ReadOnlySpan<byte> comm = head[begin..(tidAt - 1)];
        if (!comm.SequenceEqual(_commBytes))
        {
            _commBytes = comm.ToArray();
            _comm = Comm.Decode(comm);
        }

        result.Comm = _comm;
        result.Tid = (int)tid;
        return true;
    }

    /// <summary>"name: value" separated by commas; what is 0 is left out.</summary>
    private static bool TryList(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        ref DamonAggregated aggregated = ref result.Aggregated;
        aggregated = default;
        while (at < line.Length)
        {
            int colon = line[at..].IndexOf(": "u8);
            if (colon < 0)
            {
                return Fail(at, "name: value", ref result);
            }

            ReadOnlySpan<byte> name = line.Slice(at, colon);
            at += colon + 2;
            ulong max = name is [(byte)'n', ..] or [(byte)'a', ..] ? uint.MaxValue : ulong.MaxValue;
            if (!ByteText.TryNumber(line, ref at, max, out ulong value))
            {
                return Fail(at, "a number", ref result);
            }

            Set(ref aggregated, name, value);
            ByteText.TrySkip(line, ref at, ","u8);
            at = ByteText.SkipBlanks(line, at);
        }

        return true;
    }

    private static void Set(ref DamonAggregated aggregated, ReadOnlySpan<byte> name, ulong value)
    {
        if (name.SequenceEqual("target_id"u8))
        {
            aggregated.TargetId = value;
        }
        else if (name.SequenceEqual("nr_regions"u8))
        {
            aggregated.NrRegions = (uint)value;
        }
        else if (name.SequenceEqual("start"u8))
        {
            aggregated.Start = value;
        }
        else if (name.SequenceEqual("end"u8))
        {
            aggregated.End = value;
        }
        else if (name.SequenceEqual("nr_accesses"u8))
        {
            aggregated.NrAccesses = (uint)value;
        }
        else if (name.SequenceEqual("age"u8))
        {
            aggregated.Age = (uint)value;
        }
    }

    private static bool Fail(int at, string expected, ref PerfScriptLine result)
    {
        result.ErrorAt = at;
        result.Expected = expected;
        return false;
    }
}
