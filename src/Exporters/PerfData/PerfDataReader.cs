using System.Buffers.Binary;
using Damon.Trace.Exporters.Compression;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Reads what perf recorded of DAMON, as a file (<c>perf record -o FILE</c>; the stream must be seekable) or a pipe
/// (<c>perf record -o -</c>): <c>damon:damon_aggregated</c> of any kernel, or the same event from uprobes, USDT and user_events. Where
/// fields are is read from the formats in the file. Bounded memory, whatever the file says.
/// </summary>
/// <remarks>
/// A kernel before 5.17 has no age: it is 0 then, and <see cref="AgeMissing"/> says so. Times are those of the clock perf was told to
/// use (<c>-k mono</c>); snapshots have wall time when the file tells it, which perf writes with <c>-k</c> only.
/// Not read: big-endian files, directories of <c>perf record --threads</c>, files of perf before 3.x (PERFFILE).
/// </remarks>
internal sealed class PerfDataReader(Stream stream) : IRecordingReader
{
    /// <summary>The first bytes of a file and of a pipe.</summary>
    public static ReadOnlySpan<byte> Magic => PerfFile.Magic;

    /// <summary>After <see cref="Read"/>: samples of events that are not ours to read, e.g. damos_before_apply.</summary>
    public long SkippedEvents { get; private set; }

    /// <summary>After <see cref="Read"/>: the events have no age, so all ages delivered are 0.</summary>
    public bool AgeMissing { get; private set; }

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        RecordWindow window = new(stream);
        bool isPipe = IsPipe(window);
        PerfEvents events = new();
        RecordDispatcher dispatcher = new(events, sink);
        string? truncation = null;
        if (isPipe)
        {
            window.Advance(PerfFile.PipeHeaderBytes);
        }
        else
        {
            PerfFileHead head = PerfFileHead.Read(stream, events);
            dispatcher.WallOffsetNs = head.WallOffsetNs;
            truncation = head.Truncation;
            window.Seek(head.DataBegin);
            window.Limit = head.DataEnd;
        }

        using RecordWalker walker = new(window, events, dispatcher, isPipe);
        string? stop = walker.Walk(cancellation) ?? IInputDamage.Of(stream);
        SkippedEvents = dispatcher.SkippedEvents;
        AgeMissing = events.AnyWithoutAge;
        dispatcher.End(truncation is not null && stop is not null ? $"{stop}; {truncation}" : stop ?? truncation);
    }

    /// <exception cref="RecordingFormatException">Neither a file nor a pipe of perf on a little-endian machine.</exception>
    private bool IsPipe(RecordWindow window)
    {
        _ = window.TryFill(PerfFile.PipeHeaderBytes);
        ReadOnlySpan<byte> found = window.Available;
        found = found[..Math.Min(found.Length, PerfFile.PipeHeaderBytes)];
        if (found.StartsWith(PerfFile.SwappedMagic))
        {
            throw new RecordingFormatException(
                "offset 0: this perf.data was recorded on a big-endian machine, which we cannot read; "
                + "hint: export the text of perf script there");
        }

        if (found.Length < PerfFile.PipeHeaderBytes || !found.StartsWith(PerfFile.Magic))
        {
            string what = found.IsEmpty ? "nothing" : Convert.ToHexString(found);
            throw new RecordingFormatException(
                $"offset 0: expected \"PERFILE2\" and a header size, found {what}{(window.Error is { } error ? $" ({error})" : "")}");
        }

        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(found[PerfFile.HeaderSizeAt..]);
        if (size is not (PerfFile.PipeHeaderBytes or PerfFile.HeaderBytes))
        {
            throw new RecordingFormatException(
                $"offset {PerfFile.HeaderSizeAt}: expected a header of {PerfFile.HeaderBytes} bytes "
                + $"(of {PerfFile.PipeHeaderBytes} in a pipe), found {size}");
        }

        if (size == PerfFile.HeaderBytes && !stream.CanSeek)
        {
            throw new RecordingFormatException(
                "this perf.data is a file's, which has its formats at its end, but comes through a pipe; "
                + "hint: name the file, or perf record -o -");
        }

        return size == PerfFile.PipeHeaderBytes;
    }
}
