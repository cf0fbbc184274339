using System.Text;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>
/// Reads an EventPipe stream (NetTrace version 4, what every .NET runtime writes): a .nettrace file, a pipe, or the stream of a live
/// session. Format: EventPipeFormat.md of the PerfView project. TraceEvent reads the same streams (<c>TraceEventReader</c>) with
/// about four times the CPU time; the tests hold both against each other.
/// </summary>
/// <remarks>
/// Every read is checked against the bytes that are there. What cannot be understood ends the recording where it stands, as
/// <see cref="RecordingEnd.Truncation"/>; only a stream that never was NetTrace is an exception.
/// </remarks>
public sealed class NetTraceReader(Stream stream) : IRecordingReader
{
    /// <summary>The first bytes of a stream.</summary>
    public static ReadOnlySpan<byte> Magic => "Nettrace"u8;

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        using NetTraceInput input = new(stream);
        CheckMagic(input);
        new NetTraceObjects(input, sink).Read(cancellation);
    }

    private static void CheckMagic(NetTraceInput input)
    {
        bool enough = input.TryFill(Magic.Length);
        ReadOnlySpan<byte> found = input.Peek(Math.Min(Magic.Length, input.Available));
        if (!enough || !found.SequenceEqual(Magic))
        {
            string what = found.IsEmpty ? "nothing" : $"{Convert.ToHexString(found)} \"{Printable(found)}\"";
            throw new RecordingFormatException(
                $"offset 0: expected \"Nettrace\", found {what}{(input.Error is { } error ? $" ({error})" : "")}");
        }
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte value in bytes)
        {
            text.Append(value is >= 0x20 and < 0x7f ? (char)value : '.');
        }

        return text.ToString();
    }
}
