using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>Which metadata ids of the stream stand for events of our provider. Other providers' events are skipped unread.</summary>
internal sealed class EventMetadata
{
    /// <summary>Not an event of ours.</summary>
    public const int Foreign = 0;

    private readonly Dictionary<int, int> _eventIds = [];

    /// <summary>The event id of our provider for a metadata id, or <see cref="Foreign"/>.</summary>
    public int EventIdOf(int metadataId) => _eventIds.GetValueOrDefault(metadataId, Foreign);

    /// <summary>Layout: metadata id (4), provider name, event id (4), event name and more that we do not need.</summary>
    public bool TryAdd(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(int))
        {
            return false;
        }

        int metadataId = BinaryPrimitives.ReadInt32LittleEndian(payload);
        ReadOnlySpan<byte> rest = payload[sizeof(int)..];
        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(rest);
        int length = text.IndexOf('\0');
        if (length < 0 || rest.Length < ((length + 1) * sizeof(char)) + sizeof(int))
        {
            return false;
        }

        int eventId = BinaryPrimitives.ReadInt32LittleEndian(rest[((length + 1) * sizeof(char))..]);
        _eventIds[metadataId] = text[..length].SequenceEqual(DamonProvider.Name) ? eventId : Foreign;
        return true;
    }
}
