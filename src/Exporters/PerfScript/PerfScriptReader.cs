using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.Compression;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Reads text as <c>perf script</c>, trace-cmd, ftrace, systrace, damo and <see cref="PerfScriptWriter"/> print it, also from a log.
/// Constant memory: a few buffers of 128 KiB and the snapshots that are open. Text has no wall clock and no intervals, so snapshots have
/// none either.
/// </summary>
/// <param name="input">The text; stays the caller's.</param>
/// <param name="isFile">Whether all of it is there, so that reading it never waits for a writer.</param>
internal sealed class PerfScriptReader(Stream input, bool isFile = false)
{
    /// <summary>Bytes of a line quoted in an error.</summary>
    private const int QuotedBytes = 40;

    /// <summary>After so many lines that are nothing we know, and no event, it is another text.</summary>
    private const int MaxRemarksBeforeEvents = 1000;

    private readonly EventNames _names = new();
    private readonly SystraceHtml _html = new();
    private readonly TextLosses _losses = new();
    private readonly ProbeHits _probeHits = new();
    private PerfScriptLineParser? _parser;
    private long _line;
    private long _offset;
    private long _schemes;
    private long _withoutName;
    private long _withWholeTime;
    private long _delivered;
    private long _remarks;
    private string? _firstRemark;
    private string? _notAnEvent;

    /// <summary>Lines of other events and remarks, which were skipped.</summary>
    public long OtherLines { get; private set; }

    /// <summary>Reads to the end, or until cancelled; either way the sink gets its end.</summary>
    /// <exception cref="RecordingFormatException">
    /// A line is one of our events and cannot be read, or is no text, or there is no event of ours in all the lines.
    /// </exception>
    public RecordingEnd ReadTo(IRecordingSink sink, CancellationToken cancellation = default)
    {
        SnapshotAssembler assembler = new(sink.OnSnapshot);
        string? truncation = null;
        using (TextBlocks blocks = new(input, _names, isFile))
        {
            while (!cancellation.IsCancellationRequested && blocks.TryTake(out TextBlock? block))
            {
                truncation = Take(block, assembler, sink);
            }
        }

        assembler.Flush();
        truncation = IInputDamage.Of(input) ?? truncation;
        if (truncation is null && !cancellation.IsCancellationRequested)
        {
            RequireEvents(assembler);
        }

        _probeHits.RequireAccesses();
        RecordingEnd end = assembler.ToEnd(_losses.Events, truncation);
        end = end with { Notes = [.. end.Notes, .. _losses.Notes(), .. _probeHits.Notes(), .. Notes()] };
        sink.OnEnd(end);
        return end;
    }

    /// <summary>Takes the lines of a block; returns what is to be said of a last line without an end.</summary>
    private string? Take(TextBlock block, SnapshotAssembler assembler, IRecordingSink sink)
    {
        _offset = block.Offset;
        foreach (LineRun run in block.Runs)
        {
            if (run.Facts is null)
            {
                if (!TryTakeLine(block, run, assembler, sink))
                {
                    // Even a line that can be read may lack its last digits.
                    return string.Create(CultureInfo.InvariantCulture, $"line {_line}, byte {_offset}: the text ends within a line");
                }
            }
            else
            {
                _line += run.Count;
                if (!_html.IsOutside)
                {
                    TakeRegions(run.Facts, block.Regions(run), assembler);
                }
            }
        }

        return null;
    }

    /// <summary>Bound by the assembler; no allocation.</summary>
    private void TakeRegions(LineFacts facts, ReadOnlySpan<RegionEvent> regions, SnapshotAssembler assembler)
    {
        assembler.Add(facts.Comm, facts.Tid, facts.TargetId, facts.NrRegions, regions, facts.EventName);
        uint accesses = 0;
        foreach (ref readonly RegionEvent region in regions)
        {
            accesses |= region.NrAccesses;
        }

        _probeHits.Add(accesses, hasHits: false, anyHit: false);
        _withoutName += facts.EventName == 0 ? regions.Length : 0;
    }

    /// <summary>A line of any kind; false when the text ends within it.</summary>
    private bool TryTakeLine(TextBlock block, LineRun run, SnapshotAssembler assembler, IRecordingSink sink)
    {
        _line++;
        _offset = block.Offset + run.Begin;
        ReadOnlySpan<byte> line = block.Line(run);
        if (_html.Skips(line))
        {
            return true;
        }

        PerfScriptLine parsed = default;
        PerfScriptLineKind kind = Parse(line, block.IsTooLong, ref parsed);
        if (!block.IsTerminated && run.Begin + run.Count == block.Length && kind != PerfScriptLineKind.Comment)
        {
            return false;
        }

        Deliver(kind, parsed, line, assembler, sink);
        return true;
    }

    private IEnumerable<string> Notes()
    {
        if (OtherLines > 0)
        {
            yield return $"{OtherLines} lines of other events and remarks were skipped"
                + (_firstRemark is null ? "" : $", the first remark at {_firstRemark}");
        }

        if (_schemes > 0)
        {
            yield return $"{_schemes} events of schemes were read; 'report schemes' shows them, text and perf.data have them with --all-events";
        }

        if (_withoutName > 0)
        {
            yield return $"{_withoutName} lines have no event's name and were taken for damon_aggregated";
        }

        if (_withWholeTime > 0)
        {
            yield return $"the times of {_withWholeTime} events are whole numbers without a unit and were taken for nanoseconds: with ftrace's clocks "
                + "x86-tsc and counter they are not, and all durations are wrong";
        }
    }

    /// <summary>A text without any event of ours, and without a word about lost ones, is not an empty recording but another text.</summary>
    private void RequireEvents(SnapshotAssembler assembler)
    {
        if (assembler.Events + assembler.Impossible + _delivered + _losses.Events > 0 || _line == 0)
        {
            return;
        }

        const string Hint = "; hint: perf record -e damon:damon_aggregated -a, then perf script";
        throw new RecordingFormatException(_notAnEvent is not null
            ? $"{_notAnEvent}, and no event in {_line} lines{Hint}"
            : $"expected damon:damon_aggregated, found {(OtherLines > 0 ? "other events" : "comments")} only, in {_line} lines{Hint}");
    }

    private PerfScriptLineKind Parse(ReadOnlySpan<byte> line, bool isTooLong, ref PerfScriptLine parsed)
    {
        if (_line == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line["\uFEFF"u8.Length..];
        }

        _parser ??= new PerfScriptLineParser(_names);
        PerfScriptLineKind kind = _parser.Parse(line, ref parsed);
        if (isTooLong && kind != PerfScriptLineKind.Comment)
        {
            parsed.ErrorAt = 0;
            parsed.Expected = "a line of at most 128 KiB";
            return PerfScriptLineKind.Malformed;
        }

        return kind;
    }

    private void Deliver(
        PerfScriptLineKind kind, in PerfScriptLine parsed, ReadOnlySpan<byte> line, SnapshotAssembler assembler, IRecordingSink sink)
    {
        switch (kind)
        {
            case PerfScriptLineKind.Aggregated:
                assembler.Add(parsed.Comm, parsed.Tid, parsed.Aggregated, parsed.TimestampNs, parsed.Cpu, parsed.EventName);
                _probeHits.Add(parsed.Aggregated.NrAccesses, parsed.HasProbeHits, parsed.AnyProbeHit);
                _withoutName += parsed.EventName == 0 ? 1 : 0;
                _withWholeTime += parsed.HasWholeTime ? 1 : 0;
                break;
            case PerfScriptLineKind.IntervalsTuned:
                sink.OnIntervalsTuned(parsed.TimestampNs, parsed.Cpu, parsed.Comm, parsed.Tid, parsed.SampleUs);
                _delivered++;
                break;
            case PerfScriptLineKind.Scheme:
                DeliverScheme(parsed, sink);
                break;
            case PerfScriptLineKind.Lost or PerfScriptLineKind.LostChunks or PerfScriptLineKind.Overwritten:
                _losses.Add(kind, parsed.LostEvents);
                break;
            case PerfScriptLineKind.Other:
                OtherLines++;
                break;
            case PerfScriptLineKind.Remark:
                TakeRemark(line, parsed, assembler);
                break;
            case PerfScriptLineKind.Malformed:
                throw new RecordingFormatException(Position(line, parsed, $"expected {parsed.Expected}, found "));
            default:
                break;
        }
    }

    private void DeliverScheme(in PerfScriptLine parsed, IRecordingSink sink)
    {
        SchemeEvent scheme = parsed.Scheme;
        scheme.TimestampNs = parsed.TimestampNs;
        scheme.Cpu = parsed.Cpu;
        scheme.Kdamond = parsed.Comm;
        scheme.KdamondTid = parsed.Tid;
        sink.OnScheme(in scheme);
        _delivered++;
        _schemes++;
    }

    private void TakeRemark(ReadOnlySpan<byte> line, in PerfScriptLine parsed, SnapshotAssembler assembler)
    {
        OtherLines++;
        _remarks++;
        _firstRemark ??= Position(line, parsed, "");
        _notAnEvent ??= Position(line, parsed, $"expected {parsed.Expected}, found ");
        if (_remarks > MaxRemarksBeforeEvents && assembler.Events == 0)
        {
            RequireEvents(assembler);
        }
    }

    private string Position(ReadOnlySpan<byte> line, in PerfScriptLine parsed, string before)
    {
        int at = Math.Min(parsed.ErrorAt, line.Length);
        ReadOnlySpan<byte> rest = line[at..Math.Min(line.Length, at + QuotedBytes)];
        StringBuilder found = new();
        foreach (byte value in rest)
        {
            found.Append(value is >= (byte)' ' and < 0x7F ? (char)value : '.');
        }

        string what = rest.IsEmpty ? "the end of the line" : $"\"{found}\"";
        return string.Create(CultureInfo.InvariantCulture, $"line {_line}, byte {_offset + at}: {before}{what}");
    }
}
