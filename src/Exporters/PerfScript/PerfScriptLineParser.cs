using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Understands one line: <c>comm tid [cpu] flags time: event: fields</c>, wherever it comes from; a collector's prefix is taken off first.
/// </summary>
/// <param name="names">The numbers of the events' names.</param>
internal sealed class PerfScriptLineParser(EventNames names)
{
    private readonly LineHead _head = new();
    private readonly PerfTraceLine _perfTrace = new();

    /// <summary>The last line that may be a pattern for those behind it, which then need not be parsed.</summary>
    internal LineTemplate Template { get; } = new();

    /// <summary>Parses a line without its end. Bound by some searches and 80 digits; allocates for the first line of a snapshot.</summary>
    internal PerfScriptLineKind Parse(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        result.Facts = null;
        if (line.IsEmpty)
        {
            return PerfScriptLineKind.Comment;
        }

        int prefix = CollectorPrefix.LengthOf(line);
        PerfScriptLineKind kind = prefix > 0 && TryTemplate(line[prefix..], ref result)
            ? PerfScriptLineKind.Aggregated
            : ParseOwn(line[prefix..], ref result);
        result.ErrorAt += prefix;
        return kind;
    }

    /// <summary>The line behind a prefix, which every line has another one of.</summary>
    private bool TryTemplate(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        int at = 0;
        RegionEvent region = default;
        if (!Template.TryParse(line, ref at, ref region) || at != line.Length)
        {
            return false;
        }

        LineFacts facts = Template.Facts!;
        result.Facts = facts;
        result.Comm = facts.Comm;
        result.Tid = facts.Tid;
        result.Cpu = region.Cpu;
        result.EventName = facts.EventName;
        result.TimestampNs = region.TimestampNs;
        result.Aggregated = new DamonAggregated
        {
            TargetId = facts.TargetId,
            NrRegions = facts.NrRegions,
            Start = region.Start,
            End = region.End,
            NrAccesses = region.NrAccesses,
            Age = region.Age,
        };
        result.HasWholeTime = false;
        result.HasProbeHits = false;
        result.AnyProbeHit = false;
        return true;
    }

    private PerfScriptLineKind ParseOwn(ReadOnlySpan<byte> line, ref PerfScriptLine result)
    {
        if (line.IsEmpty || line[0] == '#')
        {
            return OtherLine.ClassifyComment(line, ref result);
        }

        if (TryFindEvent(line, "damon_aggregated:"u8, out int nameBegin, out int fieldsBegin)
            || TryFindEvent(line, "damon_region_aggregated:"u8, out nameBegin, out fieldsBegin)
            || TryFindEvent(line, "sdt_damon:aggregated:"u8, out nameBegin, out fieldsBegin))
        {
            return ParseAggregated(line, nameBegin, fieldsBegin, ref result);
        }

        if (TryFindEvent(line, "damon_monitor_intervals_tune:"u8, out nameBegin, out fieldsBegin))
        {
            return _head.TryParse(line, nameBegin, ref result) && TryParseTune(line, fieldsBegin, ref result)
                ? PerfScriptLineKind.IntervalsTuned
                : PerfScriptLineKind.Malformed;
        }

        if (TryFindEvent(line, "damos_before_apply:"u8, out nameBegin, out fieldsBegin))
        {
            return Scheme(_head.TryParse(line, nameBegin, ref result) && SchemeLine.TryBeforeApply(line, fieldsBegin, ref result));
        }

        if (TryFindEvent(line, "damos_esz:"u8, out nameBegin, out fieldsBegin))
        {
            return Scheme(_head.TryParse(line, nameBegin, ref result) && SchemeLine.TryEffectiveQuota(line, fieldsBegin, ref result));
        }

        if (TryFindEvent(line, "damos_stat_after_apply_interval:"u8, out nameBegin, out fieldsBegin))
        {
            return Scheme(_head.TryParse(line, nameBegin, ref result) && SchemeLine.TryStatistics(line, fieldsBegin, ref result));
        }

        if (TryFindEvent(line, "damon_aggregated("u8, out nameBegin, out fieldsBegin)
            || TryFindEvent(line, "damon_region_aggregated("u8, out nameBegin, out fieldsBegin))
        {
            result.EventName = names.NumberOf(line[nameBegin..fieldsBegin]);
            return _perfTrace.TryParse(line, nameBegin, fieldsBegin, ref result) ? PerfScriptLineKind.Aggregated : PerfScriptLineKind.Malformed;
        }

        if (TryFindFields(line, out fieldsBegin))
        {
            return ParseAggregated(line, fieldsBegin, fieldsBegin, ref result);
        }

        return OtherLine.Classify(line, ref result);
    }

    private static PerfScriptLineKind Scheme(bool read) => read ? PerfScriptLineKind.Scheme : PerfScriptLineKind.Malformed;

    private PerfScriptLineKind ParseAggregated(ReadOnlySpan<byte> line, int nameBegin, int fieldsBegin, ref PerfScriptLine result)
    {
        if (!_head.TryParse(line, nameBegin, ref result) || !AggregatedFields.TryParse(line, fieldsBegin, ref result))
        {
            return PerfScriptLineKind.Malformed;
        }

        result.EventName = nameBegin == fieldsBegin ? 0 : names.NumberOf(line[nameBegin..fieldsBegin]);
        if (result.RangeAt > 0 && !result.HasWholeTime)
        {
            Template.Remember(line, result);
            result.Facts = Template.Facts;
        }

        return PerfScriptLineKind.Aggregated;
    }

    /// <summary>
    /// The fields of damon_aggregated right behind a time (or its period), as <c>perf script -F comm,tid,cpu,time,trace</c> prints them:
    /// no other event begins so.
    /// </summary>
    private static bool TryFindFields(ReadOnlySpan<byte> line, out int at)
    {
        at = line.IndexOf("target_id="u8);
        if (at < 0 || line[at..].IndexOf("nr_regions="u8) < 0)
        {
            return false;
        }

        int end = ByteText.TrimBlanksBefore(line, at);
        end = ByteText.TrimBlanksBefore(line, ByteText.DigitsBefore(line, end));
        return end > 1 && line[end - 1] == ':' && ByteText.IsDigit(line[end - 2]);
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
