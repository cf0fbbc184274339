using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// The two requests of the runtime's diagnostic IPC that a session needs (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md), sent
/// and answered by plain blocking calls.
/// </summary>
/// <remarks>
/// Not by the client library: there the socket is once waited for asynchronously, and from then on each of its blocks wakes an epoll thread and
/// workers of the thread pool, which spin before they sleep. Figures: docs/decisions/13.
/// </remarks>
internal static class DiagnosticMessage
{
    private const int HeaderBytes = 20;
    private const int SizeAt = 14;
    private const int CommandSetAt = 16;
    private const int CommandAt = 17;

    private const byte EventPipe = 0x02;
    private const byte StopTracing = 0x01;
    private const byte CollectTracing3 = 0x04;
    private const byte Server = 0xff;
    private const byte Ok = 0x00;

    private const uint NetTraceFormat = 1;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>
    /// Starts a session on a fresh connection, whose stream it is from then on: no rundown, no stacks, one provider with all its keywords.
    /// </summary>
    /// <returns>The session's id, by which it is stopped on another connection.</returns>
    /// <exception cref="IOException">The runtime refuses, or closes the connection.</exception>
    /// <exception cref="SocketException">It cannot be reached, or does not answer in time.</exception>
    internal static ulong StartSession(Socket connection, int bufferMb, string provider, uint level)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write((uint)bufferMb);
        writer.Write(NetTraceFormat);
        writer.Write(false); // rundown
        writer.Write(false); // stacks
        writer.Write(1u); // providers
        writer.Write(ulong.MaxValue); // keywords
        writer.Write(level);
        Write(writer, provider);
        Write(writer, ""); // filter
        return Ask(connection, CollectTracing3, payload.ToArray());
    }

    /// <summary>Ends a session; the answer comes when everything has been written to its stream.</summary>
    /// <exception cref="IOException">The session is gone.</exception>
    /// <exception cref="SocketException">The runtime cannot be reached.</exception>
    internal static void StopSession(Socket connection, ulong session)
    {
        byte[] payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, session);
        _ = Ask(connection, StopTracing, payload);
    }

    /// <summary>Both requests are answered by the id of the session.</summary>
    private static ulong Ask(Socket connection, byte command, byte[] payload)
    {
        byte[] message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(SizeAt), (ushort)message.Length);
        message[CommandSetAt] = EventPipe;
        message[CommandAt] = command;
        payload.CopyTo(message, HeaderBytes);
        for (int sent = 0; sent < message.Length;)
        {
            sent += connection.Send(message.AsSpan(sent));
        }

        byte[] answer = new byte[HeaderBytes + sizeof(ulong)];
        ReceiveAll(connection, answer.AsSpan(0, HeaderBytes));
        if (!answer.AsSpan().StartsWith(Magic) || answer[CommandSetAt] != Server)
        {
            throw new IOException("the answer is not of the diagnostic protocol");
        }

        if (answer[CommandAt] != Ok || BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(SizeAt)) != answer.Length)
        {
            byte[] reason = new byte[sizeof(uint)];
            ReceiveAll(connection, reason);
            throw new IOException($"the runtime refuses with 0x{BinaryPrimitives.ReadUInt32LittleEndian(reason):x8}");
        }

        ReceiveAll(connection, answer.AsSpan(HeaderBytes));
        return BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(HeaderBytes));
    }

    private static void ReceiveAll(Socket connection, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int received = connection.Receive(bytes);
            if (received == 0)
            {
                throw new IOException("the runtime closed the connection");
            }

            bytes = bytes[received..];
        }
    }

    /// <summary>Number of UTF-16 units with the NUL, then those; nothing at all for an empty one.</summary>
    private static void Write(BinaryWriter writer, string text)
    {
        writer.Write(text.Length == 0 ? 0u : (uint)text.Length + 1);
        if (text.Length > 0)
        {
            writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
        }
    }
}
