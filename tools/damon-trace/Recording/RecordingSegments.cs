using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// The outputs of a recording: one segment, or where it is rotated one after the other. A new one begins between two snapshots, so that
/// none is in two files or in none; the recorder's thread waits for that, and what is late then is counted as ever.
/// </summary>
internal sealed class RecordingSegments : IDisposable
{
    private const long PeriodMs = 500;

    private readonly RecordRequest _request;
    private readonly TextWriter _error;
    private readonly TaskCompletionSource<EndCause> _ended;
    private readonly TimeSpan _patience;
    private readonly List<string> _lastFates = [];
    private RotatingTracepoint? _tracepoint;
    private RecordingSegment _current;
    private Task _finishing = Task.CompletedTask;
    private bool _hasSaidNotBegun;
    private bool _isUnfinished;
    private long _lookedMs;
    private long _snapshots;
    private long _incomplete;
    private long _events;
    private long _lost;
    private int _nrWhole;

    /// <summary>Opens the first outputs.</summary>
    /// <param name="request">What to record, and where to.</param>
    /// <param name="patience">How long the end of a session is waited for.</param>
    /// <param name="ended">Told when outputs can take no more.</param>
    /// <param name="error">For what goes wrong meanwhile.</param>
    internal RecordingSegments(RecordRequest request, TimeSpan patience, TaskCompletionSource<EndCause> ended, TextWriter error)
    {
        _request = request;
        _patience = patience;
        _ended = ended;
        _error = error;
        _current = OpenNext();
    }

    /// <summary>All segments together; null when the last one's reader has not come to its end.</summary>
    internal RecordingEnd? End { get; private set; }

    /// <summary>An output has failed.</summary>
    internal bool HasFailed => _isUnfinished || _current.Outputs.Any(static output => output.HasFailed);

    /// <summary>Begins to record; the tracepoint is what the recorder reports to.</summary>
    internal void Start(RotatingTracepoint tracepoint)
    {
        _tracepoint = tracepoint;
        _current.Start(_request.BufferMb);
        if (_request.Rotation is not null)
        {
            tracepoint.BetweenSnapshots = RotateIfDue;
        }
    }

    /// <summary>The recorder has ended: ends the last segment.</summary>
    internal void Stop()
    {
        _tracepoint?.BetweenSnapshots = null;
        _current.Stop(_patience);
        _finishing.Wait(_patience);
        Count(_current.End);
        End = _current.End is { } last ? last with { Snapshots = _snapshots, IncompleteSnapshots = _incomplete, Events = _events, LostEvents = _lost } : null;
    }

    /// <summary>Gives what there is its names.</summary>
    /// <returns>What became of the outputs, for the summary.</returns>
    internal IReadOnlyList<string> Complete(bool isEmpty)
    {
        bool isLastEmpty = isEmpty || (_nrWhole > 0 && (_current.End?.Snapshots ?? 0) == 0);
        List<string> fates = _current.Complete(isLastEmpty);
        DeleteOld();
        if (_nrWhole == 0)
        {
            return fates;
        }

        int nrFiles = _nrWhole + (isLastEmpty ? 0 : 1);
        string kept = _request.Rotation is { Keep: > 0 and int keep } && keep < nrFiles ? $", the last {keep} kept" : "";
        return [$"{nrFiles} files of each output{kept}", .. isLastEmpty ? _lastFates : fates];
    }

    /// <inheritdoc/>
    public void Dispose() => _current.Dispose();

    private RecordingSegment OpenNext() => RecordingSegment.Open(
        _request.Rotation is null ? _request.Outputs : _request.Outputs.Select(static output => output with
        {
            Path = RotationRequest.NameAt(output.Path, DateTime.UtcNow),
        }),
        _request, OnFailed);

    /// <summary>
    /// On the recorder's thread, between two snapshots: a timer of its own would wake up three threads each time. When the next files cannot be opened,
    /// the recording goes on in those there are.
    /// </summary>
    private void RotateIfDue()
    {
        long nowMs = Environment.TickCount64;
        if (nowMs - _lookedMs < PeriodMs)
        {
            return;
        }

        _lookedMs = nowMs;
        if (_finishing.IsCompleted && IsDue(_current))
        {
            Rotate();
        }
    }

    private bool IsDue(RecordingSegment segment)
    {
        RotationRequest rotation = _request.Rotation!;
        return (rotation.Bytes is { } bytes && segment.Bytes >= (long)bytes)
            || (rotation.Period is { } period && Environment.TickCount64 - segment.BeganTicks >= (long)period.TotalMilliseconds);
    }

    private void Rotate()
    {
        RecordingSegment? next = null;
        try
        {
            next = OpenNext();
            next.Start(_request.BufferMb);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ProviderUnavailableException)
        {
            next?.Complete(isEmpty: true);
            SayNotBegun(problem);
            return;
        }

        _hasSaidNotBegun = false;
        RecordingSegment whole = _current;
        _current = next;
        whole.Stop(_patience);
        _finishing = Task.Run(() => Finish(whole));
    }

    private void Finish(RecordingSegment whole)
    {
        Count(whole.End);
        bool isEmpty = (whole.End?.Snapshots ?? 0) == 0;
        try
        {
            List<string> fates = whole.Complete(isEmpty);
            if (!isEmpty)
            {
                _nrWhole++;
                _lastFates.Clear();
                _lastFates.AddRange(fates);
            }
        }
        catch (IOException problem)
        {
            // For example its folder is gone.
            _isUnfinished = true;
            _error.WriteLine($"damon-trace: a file has not got its name: {HumanText.OneLine(problem.Message)}");
        }

        whole.Dispose();

        DeleteOld();

        // What a file took would else stay until the next collection, hours later in a recorder that allocates next to nothing: memory would climb
        // for a day. It stops the recorder's threads for milliseconds.
        GC.Collect();
    }

    /// <summary>It is tried again twice a second, and said once until it succeeds.</summary>
    private void SayNotBegun(Exception problem)
    {
        if (!_hasSaidNotBegun)
        {
            _hasSaidNotBegun = true;
            _error.WriteLine($"damon-trace: no new file could be begun, the recording goes on in the one there is: {HumanText.OneLine(problem.Message)}");
        }
    }

    private void Count(RecordingEnd? end)
    {
        if (end is not null)
        {
            _snapshots += end.Snapshots;
            _incomplete += end.IncompleteSnapshots;
            _events += end.Events;
            _lost += end.LostEvents;
        }
    }

    private void DeleteOld()
    {
        if (_request.Rotation is not { Keep: > 0 and int keep })
        {
            return;
        }

        foreach (OutputRequest output in _request.Outputs)
        {
            try
            {
                foreach (string old in RotationRequest.FilesOf(output.Path).SkipLast(keep))
                {
                    File.Delete(old);
                }

                // A recorder that is killed again and again would fill the disk with what it leaves.
                foreach (string part in RotationRequest.PartsOf(output.Path).SkipLast(keep))
                {
                    DeleteUnlessWritten(part);
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                _error.WriteLine($"damon-trace: an old file could not be deleted: {HumanText.OneLine(problem.Message)}");
            }
        }
    }

    /// <summary>Who writes an output holds a lock on it, which <see cref="FileShare.None"/> asks for.</summary>
    private static void DeleteUnlessWritten(string part)
    {
        try
        {
            using var own = new FileStream(part, FileMode.Open, FileAccess.Write, FileShare.None);
            File.Delete(part);
        }
        catch (IOException)
        {
            // Another recorder writes it, or it has got its name by now.
        }
    }

    /// <summary>A full disk ends the recording; a reader that closed stdout ends it only when nothing else is being written.</summary>
    private void OnFailed(RecordingSegment segment)
    {
        if (segment.Outputs.Any(static output => output.HasFailed))
        {
            _ended.TrySetResult(EndCause.OutputFailed);
        }
        else if (segment.Outputs.All(static output => output.ReaderGone))
        {
            _ended.TrySetResult(EndCause.ReaderGone);
        }
    }
}
