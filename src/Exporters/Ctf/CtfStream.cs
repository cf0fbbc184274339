using System.Buffers.Binary;

namespace Damon.Trace.Exporters.Ctf;

/// <summary>
/// One stream file: packets of events in time order. The file is open only while a packet is written, because a recording may have more
/// cpus and targets than a process may have open files.
/// </summary>
internal sealed class CtfStream(string path, Guid uuid, uint cpu, int packetEvents)
{
    internal const ushort AggregatedId = 0;
    internal const ushort TuneId = 1;

    private const uint Magic = 0xC1FC1FC1;

    /// <summary>Packet header 24 bytes, packet context 52.</summary>
    private const int HeadBytes = 76;

    /// <summary>Packets are padded to pages, so that readers may map them.</summary>
    private const int PacketAlignment = 4096;

    /// <summary>Event header 10 bytes, event context 20, the fields of damon_aggregated 36.</summary>
    private const int MaxEventBytes = 66;

    private byte[] _packet = [];
    private int _used = HeadBytes;
    private int _events;
    private long _beginNs;
    private ulong _sequence;
    private ulong _discarded;
    private bool _created;

    /// <summary>Time of the last event; a stream never goes back.</summary>
    internal long LastNs { get; private set; } = long.MinValue;

    /// <summary>Memory this stream takes.</summary>
    internal int BufferBytes => _packet.Length;

    /// <summary>Events lost since the last packet; the counter in the packets runs on from packet to packet.</summary>
    internal void Discard(ulong events) => _discarded += events;

    /// <summary>The place of the next event's fields. Bound by the copy, 66 bytes; no allocation but for the first packet.</summary>
    internal Span<byte> Begin(ushort id, long timestampNs, int tid, ReadOnlySpan<byte> comm, int fieldBytes)
    {
        if (_events == packetEvents)
        {
            Flush();
        }

        if (_packet.Length < _used + MaxEventBytes)
        {
            Array.Resize(ref _packet, Math.Max(PacketAlignment, Math.Min(_packet.Length * 2, HeadBytes + (packetEvents * MaxEventBytes))));
        }

        if (_events++ == 0)
        {
            _beginNs = timestampNs;
        }

        LastNs = timestampNs;
        Span<byte> at = _packet.AsSpan(_used);
        BinaryPrimitives.WriteUInt16LittleEndian(at, id);
        BinaryPrimitives.WriteInt64LittleEndian(at[2..], timestampNs);
        BinaryPrimitives.WriteInt32LittleEndian(at[10..], tid);
        Span<byte> name = at.Slice(14, 16);
        name.Clear();
        comm[..Math.Min(comm.Length, 15)].CopyTo(name);
        _used += 30 + fieldBytes;
        return at.Slice(30, fieldBytes);
    }

    /// <summary>Writes the packet begun and gives the memory back.</summary>
    internal void Release()
    {
        Flush();
        _packet = [];
    }

    /// <summary>Appends the packet begun to the file.</summary>
    internal void Flush()
    {
        if (_events == 0)
        {
            return;
        }

        int packetBytes = (_used + PacketAlignment - 1) / PacketAlignment * PacketAlignment;
        if (_packet.Length < packetBytes)
        {
            Array.Resize(ref _packet, packetBytes);
        }

        PutHead(packetBytes);
        _packet.AsSpan(_used, packetBytes - _used).Clear();
        FileStreamOptions options = new()
        {
            Mode = _created ? FileMode.Append : FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (!_created && !OperatingSystem.IsWindows())
        {
            // Addresses are nobody else's business.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(path, options);
        _created = true;
        file.Write(_packet, 0, packetBytes);
        _used = HeadBytes;
        _events = 0;
        _sequence++;
    }

    private void PutHead(int packetBytes)
    {
        Span<byte> head = _packet;
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        _ = uuid.TryWriteBytes(head[4..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], _beginNs);
        BinaryPrimitives.WriteInt64LittleEndian(head[32..], LastNs);
        BinaryPrimitives.WriteUInt64LittleEndian(head[40..], (ulong)_used * 8);
        BinaryPrimitives.WriteUInt64LittleEndian(head[48..], (ulong)packetBytes * 8);
        BinaryPrimitives.WriteUInt64LittleEndian(head[56..], _sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(head[64..], _discarded);
        BinaryPrimitives.WriteUInt32LittleEndian(head[72..], cpu);
    }
}
