using Damon.Trace.Cli.Export;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// One output of a running recording. When it fails, it keeps what it has and its error, tells once, and the others go on: a recording
/// is never lost because one of its outputs is.
/// </summary>
internal sealed class RecordingOutput : IRecordingSink, IDisposable
{
    // Text waiting for a slow reader of stdout: minutes of a usual recording.
    private const long QueueBytes = 16 << 20;

    // A line of text is about 130 bytes, 90 of them fixed.
    private const int BytesPerLine = 256;

    private static readonly TimeSpan s_readerPatience = TimeSpan.FromSeconds(2);

    private readonly OutputRequest _request;
    private readonly OutputFile _file;
    private readonly IRecordingSink? _sink;
    private readonly DecoupledStream? _decoupled;
    private readonly Action<RecordingOutput> _failed;
    private long _skippedSnapshots;
    private long _wholeBytes;

    private RecordingOutput(OutputRequest request, OutputFile file, RecordRequest recording, Action<RecordingOutput> failed)
    {
        _request = request;
        _file = file;
        _failed = failed;
        _decoupled = request.IsStdout ? new DecoupledStream(file.Stream, QueueBytes) : null;
        Stream = _decoupled ?? file.Stream;
        var text = new PerfScriptOptions { Compat = recording.PerfCompat, FlushEachSnapshot = true };
        _sink = request.Format == OutputFormat.NetTrace ? null : OutputWriter.Create(request, Stream, text);
    }

    /// <summary>Where a .nettrace output takes the session's bytes.</summary>
    internal Stream Stream { get; }

    /// <summary>Bytes written so far; 0 where that cannot be told.</summary>
    internal long Bytes => Stream.CanSeek ? Stream.Position : 0;

    /// <summary>True for the session's stream as it comes, which has no writer of its own.</summary>
    internal bool IsNetTrace => _sink is null;

    /// <summary>Why the output ended early; null while all is well.</summary>
    internal IOException? Failure { get; private set; }

    /// <summary>True when the reader of stdout has closed its end, which ends an output but is no fault.</summary>
    internal bool ReaderGone => _request.IsStdout && Failure is OutputException failure && BrokenPipe.Is(failure);

    /// <summary>True when something is missing from the output because it could not be written.</summary>
    internal bool HasFailed => Failure is not null && !ReaderGone;

    /// <summary>Opens the output.</summary>
    /// <param name="failed">Called once, on any thread, when the output can take no more.</param>
    internal static RecordingOutput Open(OutputRequest request, RecordRequest recording, Action<RecordingOutput> failed)
    {
        OutputFile file = OutputFile.Create(request.Path);
        try
        {
            return new RecordingOutput(request, file, recording, failed);
        }
        catch
        {
            file.Discard();
            throw;
        }
    }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => Try(() => _sink?.OnContext(context));

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => Try(() => _sink?.OnTarget(target));

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => Try(() => _sink?.OnMapping(mapping));

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Try(() => _sink?.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs));

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        Heartbeat beat = heartbeat;
        Try(() => _sink?.OnHeartbeat(beat));
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        Footprint held = footprint;
        Try(() => _sink?.OnFootprint(held));
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        SchemeEvent held = scheme;
        Try(() => _sink?.OnScheme(in held));
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        AccessEvent held = access;
        Try(() => _sink?.OnAccess(in held));
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        IdlePages facts = idle;
        IdleRecord[] copy = [.. records]; // About one a second.
        Try(() => _sink?.OnIdle(in facts, copy));
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        if (_decoupled is not null && !_decoupled.HasRoom((long)snapshot.Count * BytesPerLine))
        {
            _skippedSnapshots++;
            return;
        }

        Try(() => _sink?.OnSnapshot(snapshot));
        if (Failure is null && _request.Format == OutputFormat.PerfScript && Stream.CanSeek)
        {
            _wholeBytes = Stream.Position;
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => Try(() => _sink?.OnEnd(end));

    /// <summary>Takes an error of the stream, when someone else writes to it.</summary>
    internal void Fail(IOException error)
    {
        if (Failure is null)
        {
            Failure = error;
            _failed(this);
        }
    }

    /// <summary>The recording has begun: from here on its parts are of use.</summary>
    internal void KeepPartial() => _file.KeepPartial();

    /// <summary>Nothing was recorded: leaves what was there before.</summary>
    /// <returns>What became of the output, for the summary.</returns>
    internal string Discard()
    {
        _ = _decoupled?.Complete(s_readerPatience);
        _file.Discard();
        return _request.IsStdout ? "stdout: nothing" : $"{HumanText.OneLine(_request.Path)} not written";
    }

    /// <summary>Gives the file its final name; a file that was there stays as NAME.old.</summary>
    /// <returns>What became of the output, for the summary: name, size, and what is missing.</returns>
    internal string Complete()
    {
        bool drained = _decoupled?.Complete(s_readerPatience) ?? true;
        Failure ??= _decoupled?.Error;
        string skipped = _skippedSnapshots > 0 ? $", {_skippedSnapshots} snapshots left out (its reader was too slow)" : "";
        if (_request.IsStdout)
        {
            string fate = ReaderGone ? "its reader has gone" : HasFailed ? $"ends early: {Failure!.Message}" : drained ? "complete" : "its reader does not read, the rest is dropped";
            return $"stdout: {fate}{skipped}";
        }

        if (Failure is { } failure and not ParquetRescueException && !OutputFormats.IsReadableWhenCutOff(_request.Format))
        {
            return $"{HumanText.OneLine(_request.Path)} was not made: {failure.Message}; "
                + $"{HumanText.OneLine(_request.Path)}{OutputFile.PartialSuffix} is a part that others may not read";
        }

        if (Failure is not null && Stream is { CanSeek: true, Length: 0 })
        {
            _file.Discard();
            return $"{HumanText.OneLine(_request.Path)} was not made: {Failure.Message}";
        }

        if (Failure is not null && _request.Format == OutputFormat.PerfScript && Stream.CanSeek)
        {
            // A disk that is full takes some bytes of a line.
            Stream.SetLength(_wholeBytes);
        }

        _file.Complete(keepOld: true);
        string early = Failure is null ? "" : $", ends early: {Failure.Message}";
        return $"{HumanText.OneLine(_request.Path)} {ReportText.ShortSize(_file.Length)}{early}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            (_sink as IDisposable)?.Dispose();
        }
        catch (IOException)
        {
            // Told already: a sink that fails now has failed before.
        }

        _file.Dispose();
    }

    private void Try(Action write)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException error)
        {
            Fail(error);
        }
    }
}
