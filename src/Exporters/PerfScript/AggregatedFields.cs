using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// The fields of a <c>damon_aggregated</c> line, in the three shapes they come in: the kernel's own text, with or without age; the
/// <c>name=value</c> text of user_events and named probes; the <c>arg1=</c> text of SDT probes.
/// </summary>
internal static class AggregatedFields
{
    private const string Number = "a number";

    /// <summary>Reads the fields behind the event's name. Bound by the digits; no allocation.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        result.RangeAt = 0;
        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TrySkip(line, ref at, "target_id="u8))
        {
            // A probe's address in parentheses or perf's flags column may stand before the fields.
            int named = line[at..].IndexOf("target_id="u8);
            int numbered = line[at..].IndexOf("arg1="u8);
            if (named < 0 && numbered < 0)
            {
                return Fail(at, "target_id=", ref result);
            }

            if (named < 0)
            {
                return TryParseNamed(line, at + numbered, numbered: true, ref result);
            }

            at += named + "target_id=".Length;
        }

        ref DamonAggregated aggregated = ref result.Aggregated;
        if (!ByteText.TryNumber(line, ref at, ulong.MaxValue, out aggregated.TargetId))
        {
            return Fail(at, Number, ref result);
        }

        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TrySkip(line, ref at, "nr_regions="u8))
        {
            return Fail(at, "nr_regions=", ref result);
        }

        if (!ByteText.TryNumber(line, ref at, uint.MaxValue, out ulong nrRegions))
        {
            return Fail(at, Number, ref result);
        }

        aggregated.NrRegions = (uint)nrRegions;
        at = ByteText.SkipBlanks(line, at);
        if (at < line.Length && line[at] == 's')
        {
            return TryParseNamed(line, at, numbered: false, ref result);
        }

        result.RangeAt = at;
        return TryParseRange(line, at, ref result);
    }

    /// <summary>"start-end: nr_accesses age", perhaps "probe_hits=14 00"; kernels before 5.17 have no age.</summary>
    internal static bool TryParseRange(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        ref DamonAggregated aggregated = ref result.Aggregated;
        if (!ByteText.TryDecimal(line, ref at, ulong.MaxValue, out aggregated.Start))
        {
            return Fail(at, Number, ref result);
        }

        if (!ByteText.TrySkip(line, ref at, "-"u8))
        {
            return Fail(at, "'-' and the end address", ref result);
        }

        if (!ByteText.TryDecimal(line, ref at, ulong.MaxValue, out aggregated.End))
        {
            return Fail(at, Number, ref result);
        }

        if (!ByteText.TrySkip(line, ref at, ":"u8))
        {
            return Fail(at, "':' and nr_accesses", ref result);
        }

        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TryDecimal(line, ref at, uint.MaxValue, out ulong nrAccesses))
        {
            return Fail(at, Number, ref result);
        }

        int afterAccesses = at;
        at = ByteText.SkipBlanks(line, at);
        ulong age = 0;
        if (at < line.Length && (at == afterAccesses || !ByteText.TryDecimal(line, ref at, uint.MaxValue, out age)))
        {
            return Fail(at, "the age or the end of the line", ref result);
        }

        aggregated.NrAccesses = (uint)nrAccesses;
        aggregated.Age = (uint)age;
        result.HasProbeHits = false;
        result.AnyProbeHit = false;
        return at == line.Length || TryEndOrProbeHits(line, at, ref result);
    }

    /// <summary>damon_region_aggregated (Linux 7.2) prints how often each of its probes hit, a hexadecimal byte each.</summary>
    private static bool TryEndOrProbeHits(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TrySkip(line, ref at, "probe_hits="u8))
        {
            return TryEnd(line, at, ref result);
        }

        result.HasProbeHits = true;
        while (at < line.Length && (char.IsAsciiHexDigit((char)line[at]) || ByteText.IsBlank(line[at])))
        {
            result.AnyProbeHit |= line[at] != '0' && !ByteText.IsBlank(line[at]);
            at++;
        }

        return TryEnd(line, at, ref result);
    }

    /// <summary>"start=… end=… nr_accesses=… age=…", or "arg1=… … arg6=…" for all six fields.</summary>
    private static bool TryParseNamed(ReadOnlySpan<byte> line, int at, bool numbered, ref PerfScriptLine result)
    {
        ref DamonAggregated aggregated = ref result.Aggregated;
        ulong nrRegions = aggregated.NrRegions;
        if (numbered
            && (!TryField(line, ref at, "arg1="u8, ulong.MaxValue, out aggregated.TargetId, ref result)
                || !TryField(line, ref at, "arg2="u8, uint.MaxValue, out nrRegions, ref result)))
        {
            return false;
        }

        if (!TryField(line, ref at, numbered ? "arg3="u8 : "start="u8, ulong.MaxValue, out aggregated.Start, ref result)
            || !TryField(line, ref at, numbered ? "arg4="u8 : "end="u8, ulong.MaxValue, out aggregated.End, ref result)
            || !TryField(line, ref at, numbered ? "arg5="u8 : "nr_accesses="u8, uint.MaxValue, out ulong nrAccesses, ref result)
            || !TryField(line, ref at, numbered ? "arg6="u8 : "age="u8, uint.MaxValue, out ulong age, ref result))
        {
            return false;
        }

        aggregated.NrRegions = (uint)nrRegions;
        aggregated.NrAccesses = (uint)nrAccesses;
        aggregated.Age = (uint)age;
        result.HasProbeHits = false;
        result.AnyProbeHit = false;
        return TryEnd(line, at, ref result);
    }

    private static bool TryField(
        ReadOnlySpan<byte> line, ref int at, ReadOnlySpan<byte> name, ulong max, out ulong value, ref PerfScriptLine result)
    {
        value = 0;
        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TrySkip(line, ref at, name))
        {
            return Fail(at, System.Text.Encoding.ASCII.GetString(name), ref result);
        }

        return ByteText.TryNumber(line, ref at, max, out value) || Fail(at, Number, ref result);
    }

    private static bool TryEnd(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        at = ByteText.SkipBlanks(line, at);
        return at == line.Length || Fail(at, "the end of the line", ref result);
    }

    private static bool Fail(int at, string expected, ref PerfScriptLine result)
    {
        result.ErrorAt = at;
        result.Expected = expected;
        return false;
    }
}
