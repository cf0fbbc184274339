using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// The way of a recording: session stream, copied to every .nettrace, read as any later reader would read it, handed to every other
/// output. What a recording says about losses therefore comes from the same reader that will read the file.
/// </summary>
internal sealed class LiveRecording : IRecordingSink, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<RecordingOutput> _outputs;
    private readonly ProviderSession _session;
    private readonly Thread _reader;
    private Exception? _readerError;
    private bool _stopped;

    private LiveRecording(ProviderSession session, IReadOnlyList<RecordingOutput> outputs)
    {
        _session = session;
        _outputs = outputs;
        _reader = new Thread(Read) { Name = "recording", IsBackground = true };
    }

    /// <summary>Totals as the reader saw them; null until the stream has ended.</summary>
    internal RecordingEnd? End { get; private set; }

    /// <summary>Attaches to our own provider and begins to read.</summary>
    internal static LiveRecording Start(int bufferMb, IReadOnlyList<RecordingOutput> outputs)
    {
        var recording = new LiveRecording(ProviderSession.Start(bufferMb), outputs);
        try
        {
            recording._reader.Start();
            return recording;
        }
        catch
        {
            recording._session.Dispose();
            throw;
        }
    }

    /// <summary>Ends the session and waits until the last event has reached the outputs.</summary>
    /// <param name="patience">How long to wait; a session that does not end by then is left behind.</param>
    internal void Stop(TimeSpan patience)
    {
        _stopped = true;
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        Task stopping = Task.Run(_session.Stop);
        bool stopped = stopping.Wait(patience);
        long left = Math.Max(0, deadline - Environment.TickCount64);
        bool ended = stopped && _reader.Join(TimeSpan.FromMilliseconds(left));
        if (ended)
        {
            _session.Dispose();
        }

        if (_readerError is not null)
        {
            throw new InvalidOperationException($"the recording's own stream could not be read: {_readerError.Message}", _readerError);
        }
    }

    /// <summary>What began and was not stopped, because something else failed: nobody may write to outputs that are about to be closed.</summary>
    public void Dispose()
    {
        if (!_stopped)
        {
            _session.Dispose();
            _ = _reader.Join(s_patience);
        }
    }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => ForEach(output => output.OnContext(context));

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => ForEach(output => output.OnTarget(target));

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => ForEach(output => output.OnMapping(mapping));

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        ForEach(output => output.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs));

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        foreach (RecordingOutput output in _outputs)
        {
            output.OnHeartbeat(heartbeat);
        }
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        foreach (RecordingOutput output in _outputs)
        {
            output.OnFootprint(footprint);
        }
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        foreach (RecordingOutput output in _outputs)
        {
            output.OnScheme(in scheme);
        }
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        foreach (RecordingOutput output in _outputs)
        {
            output.OnAccess(in access);
        }
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        foreach (RecordingOutput output in _outputs)
        {
            output.OnIdle(in idle, records);
        }
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot) => ForEach(output => output.OnSnapshot(snapshot));

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        End = end;
        ForEach(output => output.OnEnd(end));
    }

    private void ForEach(Action<RecordingOutput> tell)
    {
        foreach (RecordingOutput output in _outputs)
        {
            tell(output);
        }
    }

    private void Read()
    {
        var copies = _outputs.Where(output => output.IsNetTrace).Select(output => (output.Stream, (Action<IOException>)output.Fail));
        var stream = new TeeStream(_session.EventStream, copies);
        try
        {
            new NetTraceReader(stream).Read(this, CancellationToken.None);
        }
        catch (Exception error)
        {
            _readerError = error;
            Drain(stream);
        }
    }

    /// <summary>The .nettrace gets the rest all the same, unless it is closed already.</summary>
    private static void Drain(TeeStream stream)
    {
        try
        {
            stream.CopyTo(Stream.Null);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
        }
    }
}
