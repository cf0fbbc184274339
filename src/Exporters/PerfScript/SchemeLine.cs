using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>The fields of the kernel's events of schemes, as they are printed behind the event's name.</summary>
internal static class SchemeLine
{
    /// <summary>"ctx_idx=0 scheme_idx=0 target_idx=0 nr_regions=10 4096-8192: 0 3".</summary>
    internal static bool TryBeforeApply(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        result.Scheme = new SchemeEvent { Kind = SchemeEventKind.BeforeApply };
        if (!TryIndices(line, ref at, ref result)
            || !TryNumber(line, ref at, "target_idx="u8, ulong.MaxValue, out ulong target, ref result)
            || !TryNumber(line, ref at, "nr_regions="u8, uint.MaxValue, out ulong nrRegions, ref result)
            || !AggregatedFields.TryParseRange(line, ByteText.SkipBlanks(line, at), ref result))
        {
            return false;
        }

        result.Scheme.Region = result.Aggregated;
        result.Scheme.Region.TargetId = target;
        result.Scheme.Region.NrRegions = (uint)nrRegions;
        return true;
    }

    /// <summary>"ctx_idx=0 scheme_idx=0 esz=1048576".</summary>
    internal static bool TryEffectiveQuota(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        result.Scheme = new SchemeEvent { Kind = SchemeEventKind.EffectiveQuota };
        return TryIndices(line, ref at, ref result)
            && TryNumber(line, ref at, "esz="u8, ulong.MaxValue, out result.Scheme.EffectiveBytes, ref result)
            && (ByteText.SkipBlanks(line, at) == line.Length || Fail(at, "the end of the line", ref result));
    }

    /// <summary>
    /// The indices, then up to seven counters in the kernel's order, each with whatever label before it or none: kernels differ in the
    /// labels, and one has the same label twice.
    /// </summary>
    internal static bool TryStatistics(ReadOnlySpan<byte> line, int at, ref PerfScriptLine result)
    {
        result.Scheme = new SchemeEvent { Kind = SchemeEventKind.Statistics };
        if (!TryIndices(line, ref at, ref result))
        {
            return false;
        }

        Span<ulong?> values = stackalloc ulong?[SchemeStatistics.Count];
        values.Clear();
        int count = 0;
        for (at = ByteText.SkipBlanks(line, at); at < line.Length; at = ByteText.SkipBlanks(line, at))
        {
            SkipLabel(line, ref at);
            if (count == values.Length || !ByteText.TryNumber(line, ref at, ulong.MaxValue, out ulong value))
            {
                return Fail(at, count == values.Length ? "the end of the line" : "a number", ref result);
            }

            values[count++] = value;
        }

        result.Scheme.Statistics = SchemeStatistics.From(values);
        return count > 0 || Fail(at, "the scheme's counters", ref result);
    }

    private static void SkipLabel(ReadOnlySpan<byte> line, ref int at)
    {
        int end = at;
        while (end < line.Length && (char.IsAsciiLetterOrDigit((char)line[end]) || line[end] == '_'))
        {
            end++;
        }

        if (end > at && end < line.Length && line[end] == '=')
        {
            at = end + 1;
        }
    }

    private static bool TryIndices(ReadOnlySpan<byte> line, ref int at, ref PerfScriptLine result)
    {
        if (!TryNumber(line, ref at, "ctx_idx="u8, uint.MaxValue, out ulong context, ref result)
            || !TryNumber(line, ref at, "scheme_idx="u8, uint.MaxValue, out ulong scheme, ref result))
        {
            return false;
        }

        result.Scheme.ContextIndex = (uint)context;
        result.Scheme.SchemeIndex = (uint)scheme;
        return true;
    }

    private static bool TryNumber(
        ReadOnlySpan<byte> line, ref int at, ReadOnlySpan<byte> label, ulong max, out ulong value, ref PerfScriptLine result)
    {
        value = 0;
        at = ByteText.SkipBlanks(line, at);
        if (!ByteText.TrySkip(line, ref at, label))
        {
            return Fail(at, System.Text.Encoding.ASCII.GetString(label), ref result);
        }

        return ByteText.TryNumber(line, ref at, max, out value) || Fail(at, "a number", ref result);
    }

    private static bool Fail(int at, string expected, ref PerfScriptLine result)
    {
        result.ErrorAt = at;
        result.Expected = expected;
        return false;
    }
}
