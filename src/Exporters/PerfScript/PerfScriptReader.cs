using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Reads text as <c>perf script</c>, trace-cmd, trace_pipe, damo and <see cref="PerfScriptWriter"/> print it. Constant memory: one buffer
/// of 128 KiB and the snapshots that are open. Text has no wall clock and no intervals, so snapshots have none either.
/// </summary>
public sealed class PerfScriptReader(Stream input)
{
    /// <summary>Bytes of a line quoted in an error.</summary>
    private const int QuotedBytes = 40;

    private readonly LineReader _lines = new(input);
    private readonly PerfScriptLineParser _parser = new();
    private long _lostEvents;
    private long _withProbeHits;

    /// <summary>Lines of other events, which were skipped.</summary>
    public long OtherLines { get; private set; }

    /// <summary>Reads to the end, or until cancelled; either way the sink gets its end.</summary>
    /// <exception cref="RecordingFormatException">A line is neither an event nor anything else that may stand in such a text.</exception>
    public RecordingEnd ReadTo(IRecordingSink sink, CancellationToken cancellation = default)
    {
        SnapshotAssembler assembler = new(sink.OnSnapshot);
        PerfScriptLine parsed = default;
        string? truncation = null;
        while (!cancellation.IsCancellationRequested && _lines.TryRead(out ReadOnlySpan<byte> line))
        {
            PerfScriptLineKind kind = Parse(line, ref parsed);
            if (!_lines.IsTerminated && kind != PerfScriptLineKind.Comment)
            {
                // Even a line that can be read may lack its last digits.
                truncation = string.Create(
                    CultureInfo.InvariantCulture, $"line {_lines.Number}, byte {_lines.Offset}: the text ends within a line");
                break;
            }

            Deliver(kind, parsed, line, assembler, sink);
        }

        assembler.Flush();
        RecordingEnd end = assembler.ToEnd(_lostEvents, truncation);
        end = end with { Notes = [.. end.Notes, .. Notes()] };
        sink.OnEnd(end);
        return end;
    }

    private IEnumerable<string> Notes()
    {
        if (OtherLines > 0)
        {
            yield return $"{OtherLines} lines of other events and remarks were skipped";
        }

        if (_withProbeHits > 0)
        {
            yield return $"the probe_hits of {_withProbeHits} events were left out";
        }
    }

    private PerfScriptLineKind Parse(ReadOnlySpan<byte> line, ref PerfScriptLine parsed)
    {
        if (_lines.Number == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line["\uFEFF"u8.Length..];
        }

        PerfScriptLineKind kind = _parser.Parse(line, ref parsed);
        if (_lines.IsTooLong && kind != PerfScriptLineKind.Comment)
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
                _withProbeHits += parsed.HasProbeHits ? 1 : 0;
                break;
            case PerfScriptLineKind.IntervalsTuned:
                sink.OnIntervalsTuned(parsed.TimestampNs, parsed.Cpu, parsed.Comm, parsed.Tid, parsed.SampleUs);
                break;
            case PerfScriptLineKind.Lost:
                _lostEvents += parsed.LostEvents;
                break;
            case PerfScriptLineKind.Other:
                OtherLines++;
                break;
            case PerfScriptLineKind.Malformed:
                throw Malformed(line, parsed);
            default:
                break;
        }
    }

    private RecordingFormatException Malformed(ReadOnlySpan<byte> line, in PerfScriptLine parsed)
    {
        int at = Math.Min(parsed.ErrorAt, line.Length);
        ReadOnlySpan<byte> rest = line[at..Math.Min(line.Length, at + QuotedBytes)];
        StringBuilder found = new();
        foreach (byte value in rest)
        {
            found.Append(value is >= (byte)' ' and < 0x7F ? (char)value : '.');
        }

        string what = rest.IsEmpty ? "the end of the line" : $"\"{found}\"";
        return new RecordingFormatException(string.Create(
            CultureInfo.InvariantCulture,
            $"line {_lines.Number}, byte {_lines.Offset + at}: expected {parsed.Expected}, found {what}"));
    }
}
