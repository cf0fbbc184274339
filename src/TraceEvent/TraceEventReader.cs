using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Microsoft.Diagnostics.Tracing;

namespace Damon.Trace.TraceEvents;

/// <summary>
/// Reads an EventPipe stream through Microsoft's TraceEvent library: the independent second opinion on
/// <see cref="NetTraceReader"/>, at about four times its CPU time.
/// </summary>
/// <remarks>
/// Of a stream that breaks off, TraceEvent delivers the whole blocks only. It holds the newest block back until the next arrives.
/// </remarks>
public sealed class TraceEventReader(Stream stream) : IRecordingReader
{
    private const long TicksToNs = 100;

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        CountingStream counted = new(stream);
        DamonEventDispatcher? dispatcher = null;
        int lost = 0;
        string? truncation = null;
        try
        {
            using EventPipeEventSource source = new(counted);
            new DamonTraceEventParser(source).All += pending =>
            {
                dispatcher ??= new DamonEventDispatcher(sink, WallOffsetNs(pending));
                dispatcher.TryDispatch((int)pending.ID, MonotonicNs(pending), pending.ThreadID, pending.ProcessorNumber, pending.Payload);
            };
            using CancellationTokenRegistration stop = cancellation.Register(source.StopProcessing);
            try
            {
                source.Process();
            }
            finally
            {
                lost = source.EventsLost;
            }
        }
        catch (Exception e) when (IsDamage(e))
        {
            if (!counted.StartsWith(NetTraceReader.Magic))
            {
                throw new RecordingFormatException($"offset 0: expected \"Nettrace\": {e.Message}", e);
            }

            truncation = $"offset {counted.Offset}: {e.Message}";
        }

        cancellation.ThrowIfCancellationRequested();
        dispatcher ??= new DamonEventDispatcher(sink, wallOffsetNs: null);
        dispatcher.End(lost, truncation);
    }

    /// <summary>
    /// What TraceEvent 4.0.0 throws at damaged streams. Exceptions of the sink are IOExceptions of other kinds and pass.
    /// </summary>
    private static bool IsDamage(Exception e) => e is FormatException or EndOfStreamException or NotSupportedException
        or ArgumentException or IndexOutOfRangeException or OverflowException or NullReferenceException or KeyNotFoundException
        or InvalidOperationException;

    /// <summary>The library maps its clock to the wall by the sync point of the stream's header, exact to the millisecond.</summary>
    private static long WallOffsetNs(TraceEvent traceEvent) =>
        unchecked(((traceEvent.TimeStamp.ToUniversalTime() - DateTime.UnixEpoch).Ticks * TicksToNs) - MonotonicNs(traceEvent));

    private static long MonotonicNs(TraceEvent traceEvent)
    {
        // "Discouraged" because units differ by platform; on Linux it is CLOCK_MONOTONIC in ns, and nothing else is exact.
#pragma warning disable CS0618
        return traceEvent.TimeStampQPC;
#pragma warning restore CS0618
    }
}
