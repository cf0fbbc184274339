using System.Globalization;
using System.Text.RegularExpressions;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Ctf;

/// <summary>
/// Reads the folder that <see cref="CtfWriter"/> wrote: the streams merged by time. Memory is bounded by one packet of each stream. Traces
/// of others have other layouts, which their metadata describes, and are refused.
/// </summary>
internal sealed partial class CtfReader : IRecordingReader
{
    private const string Metadata = "metadata";

    private readonly string _folder;

    private CtfReader(string folder)
    {
        _folder = folder;
    }

    /// <summary>Null when the folder is no CTF trace.</summary>
    internal static CtfReader? TryOpen(string folder) => File.Exists(Path.Combine(folder, Metadata)) ? new CtfReader(folder) : null;

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        long? wallOffsetNs = ReadMetadata();
        List<CtfInput> streams = [];
        PriorityQueue<CtfInput, (long Time, ulong Target, ulong Start, int Index)> next = new();
        foreach (string path in Directory.EnumerateFiles(_folder, "channel0_*").OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal))
        {
            CtfInput stream = new(path);
            streams.Add(stream);
            if (stream.MoveNext())
            {
                next.Enqueue(stream, KeyOf(stream, streams.Count));
            }
        }

        SnapshotAssembler assembler = new(snapshot =>
        {
            snapshot.WallOffsetNs = wallOffsetNs;
            sink.OnSnapshot(snapshot);
        });
        while (next.TryDequeue(out CtfInput? stream, out (long, ulong, ulong, int Index) key))
        {
            cancellation.ThrowIfCancellationRequested();
            Deliver(stream, assembler, sink);
            if (stream.MoveNext())
            {
                next.Enqueue(stream, KeyOf(stream, key.Index));
            }
        }

        assembler.Flush();
        RecordingEnd end = assembler.ToEnd(streams.Sum(stream => stream.Discarded), streams.Select(stream => stream.Truncation).FirstOrDefault(cut => cut is not null));
        sink.OnEnd(end with { Notes = [.. end.Notes, "a CTF trace holds events only: pids, intervals, mappings and idle times are not in it"] });
    }

    /// <summary>Events of one time are those of one snapshot before those of the next target, in address order.</summary>
    private static (long Time, ulong Target, ulong Start, int Index) KeyOf(CtfInput stream, int index) =>
        (stream.TimestampNs, stream.Region.TargetId, stream.Region.Start, index);

    private static void Deliver(CtfInput stream, SnapshotAssembler assembler, IRecordingSink sink)
    {
        if (stream.Id == CtfStream.TuneId)
        {
            sink.OnIntervalsTuned(stream.TimestampNs, stream.Cpu, stream.Kdamond, stream.Tid, stream.SampleUs);
            return;
        }

        DamonAggregated region = stream.Region;
        assembler.Add(stream.Kdamond, stream.Tid, in region, stream.TimestampNs, stream.Cpu);
    }

    /// <summary>Wall clock minus the trace's clock; null where the trace does not tell.</summary>
    /// <exception cref="RecordingFormatException">Somebody else wrote the trace.</exception>
    private long? ReadMetadata()
    {
        string text = File.ReadAllText(Path.Combine(_folder, Metadata));
        if (!text.Contains("tracer_name = \"damon-trace\"", StringComparison.Ordinal))
        {
            throw new RecordingFormatException(
                "this CTF trace is not of damon-trace, so its layout is another one; "
                + "hint: give the recording that damon-trace made meanwhile, or the text of perf script");
        }

        return text.Contains("absolute = TRUE", StringComparison.Ordinal)
            ? (Number(Seconds().Match(text)) * 1_000_000_000) + Number(Offset().Match(text))
            : null;
    }

    private static long Number(Match match) =>
        long.TryParse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new RecordingFormatException("metadata: expected the offset of the clock");

    [GeneratedRegex(@"\soffset_s = (-?\d+);")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"\soffset = (\d+);")]
    private static partial Regex Offset();
}
