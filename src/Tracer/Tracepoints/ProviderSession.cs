using Damon.Trace.Events;
using Microsoft.Diagnostics.NETCore.Client;
using System.Diagnostics.Tracing;
using System.Net.Sockets;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// An EventPipe session on the provider of this process, or of another one that monitors: its stream is the recording, a .nettrace as any other tool would get it.
/// A session that nobody reads hangs its process at exit, so the stream must be read to its end, or the process left with _exit.
/// </summary>
public sealed class ProviderSession : IDisposable
{
    // A runtime that has not answered by then never will.
    private const int AnswerMs = 30_000;

    private readonly int _pid;
    private readonly ulong _id;

    private ProviderSession(int pid, Socket connection, ulong id)
    {
        _pid = pid;
        _id = id;
        EventStream = new NetworkStream(connection, ownsSocket: true);
    }

    /// <summary>The recording as it is produced.</summary>
    public Stream EventStream { get; }

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
        Socket? connection = null;
        try
        {
            connection = DiagnosticPort.Connect(pid);
            connection.ReceiveTimeout = AnswerMs;
            ulong id = DiagnosticMessage.StartSession(connection, bufferMb, DamonProvider.Name, (uint)EventLevel.Informational);
            connection.ReceiveTimeout = Timeout.Infinite;
            return new ProviderSession(pid, connection, id);
        }
        catch (Exception error) when (
            error is DiagnosticsClientException or IOException or SocketException or UnauthorizedAccessException or TypeInitializationException)
        {
            connection?.Dispose();
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
            using Socket connection = DiagnosticPort.Connect(_pid);
            DiagnosticMessage.StopSession(connection, _id);
        }
        catch (Exception error) when (error is DiagnosticsClientException or IOException or SocketException)
        {
            // The session is gone already: nothing is left to be stopped.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => EventStream.Dispose();
}
