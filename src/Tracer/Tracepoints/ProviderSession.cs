using Damon.Trace.Events;
using Microsoft.Diagnostics.NETCore.Client;
using System.Diagnostics.Tracing;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// An EventPipe session on the provider of this process, or of another one that monitors: its stream is the recording, a .nettrace as any other tool would get it.
/// A session that nobody reads hangs its process at exit, so the stream must be read to its end, or the process left with _exit.
/// </summary>
public sealed class ProviderSession : IDisposable
{
    private readonly EventPipeSession _session;

    private ProviderSession(EventPipeSession session)
    {
        _session = session;
    }

    /// <summary>The recording as it is produced.</summary>
    public Stream EventStream => _session.EventStream;

    /// <summary>Starts a session.</summary>
    /// <param name="bufferMb">
    /// Memory for events not yet read, in MB, taken as needed. The runtime drains it every 100 ms; 1 MB holds about 7,500 events. When it
    /// is full the newest events are dropped and counted.
    /// </param>
    /// <exception cref="ProviderUnavailableException">The runtime's diagnostic port is switched off or cannot be reached.</exception>
    public static ProviderSession Start(int bufferMb)
    {
        // The provider has to exist before the session asks for it.
        _ = DamonEventSource.Log;
        return Attach(Environment.ProcessId, bufferMb);
    }

    /// <summary>Starts a session in a process that monitors, this one or another.</summary>
    /// <param name="pid">Its process id.</param>
    /// <param name="bufferMb">Memory for events not yet read, as in <see cref="Start"/>; it is the other process's.</param>
    /// <exception cref="ProviderUnavailableException">It is no .NET process, not ours to look at, or its diagnostic port is switched off.</exception>
    public static ProviderSession Attach(int pid, int bufferMb)
    {
        var provider = new EventPipeProvider(DamonProvider.Name, EventLevel.Informational);
        var configuration = new EventPipeSessionConfiguration(
            [provider], circularBufferSizeMB: bufferMb, requestRundown: false, requestStackwalk: false);
        try
        {
            return new ProviderSession(DiagnosticPort.Of(pid).StartEventPipeSession(configuration));
        }
        catch (Exception error) when (error is DiagnosticsClientException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new ProviderUnavailableException(
                $"the runtime's diagnostic port does not answer: {error.Message.ReplaceLineEndings(" ")}",
                "unset DOTNET_EnableDiagnostics and DOTNET_EnableDiagnostics_IPC, and make sure $TMPDIR (or /tmp) is writable",
                error);
        }
    }

    /// <summary>Ends the session; returns when everything has been written to the stream, so someone must be reading it.</summary>
    public void Stop()
    {
        try
        {
            _session.Stop();
        }
        catch (Exception error) when (error is DiagnosticsClientException or IOException or TimeoutException)
        {
            // The session is gone already: nothing is left to be stopped.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
