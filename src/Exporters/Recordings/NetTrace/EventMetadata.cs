using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>Which metadata ids of the stream stand for events of our provider, or of one more. All others are skipped unread.</summary>
/// <param name="otherProvider">The one more, or null.</param>
internal sealed class EventMetadata(string? otherProvider)
{
    /// <summary>Not an event to be read.</summary>
    public const int Foreign = 0;

    /// <summary>Added to the event ids of the other provider; a provider's own are below.</summary>
    public const int OtherProvider = 1 << 16;

    private readonly Dictionary<int, int> _eventIds = [];

    /// <summary>The event id for a metadata id, with <see cref="OtherProvider"/> where it is one of those, or <see cref="Foreign"/>.</summary>
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
        ReadOnlySpan<char> provider = text[..length];
        _eventIds[metadataId] = provider.SequenceEqual(DamonProvider.Name) ? eventId
            : otherProvider is not null && provider.SequenceEqual(otherProvider) && eventId is >= 0 and < OtherProvider ? eventId + OtherProvider
            : Foreign;
        return true;
    }
}
