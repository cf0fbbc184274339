using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Live;

/// <summary>
/// A session on the provider of a recording in progress, its own process or another one, read into a sink on a thread of its own. Whoever
/// attaches late gets all descriptions again with the next snapshot.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    private const int BufferMb = 16;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly ProviderSession _session;
    private readonly Thread _reader;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LiveStream(ProviderSession session, IRecordingSink sink)
    {
        _session = session;
        _reader = new Thread(() => Read(sink)) { Name = "live", IsBackground = true };
        _reader.Start();
    }

    /// <summary>Ends when the stream has ended: stopped by us, or because the recorder has exited. Faulted when it could not be read.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Attaches to a process that records.</summary>
    /// <exception cref="UserErrorException">It is no .NET process, or not ours to look at.</exception>
    internal static LiveStream Attach(int pid, IRecordingSink sink)
    {
        try
        {
            return new LiveStream(ProviderSession.Attach(pid, BufferMb), sink);
        }
        catch (ProviderUnavailableException error)
        {
            throw new UserErrorException(
                $"process {pid} is no damon-trace that could be attached to: {error.InnerException!.Message.ReplaceLineEndings(" ")}",
                "give the process id of a running 'damon-trace record', as the same user; 'damon-trace live -p PID' watches any process",
                ExitCode.TargetGone);
        }
    }

    /// <summary>Ends the session. A session that does not end in time is left behind: the other process must not hold us.</summary>
    public void Dispose()
    {
        var stopping = Task.Run(_session.Stop);
        if (stopping.Wait(s_patience) && _reader.Join(s_patience))
        {
            _session.Dispose();
        }
    }

    private void Read(IRecordingSink sink)
    {
        try
        {
            new NetTraceReader(_session.EventStream).Read(sink, CancellationToken.None);
            _ended.SetResult();
        }
        catch (Exception error)
        {
            _ended.SetException(error);
        }
    }
}
