using System.Buffers.Binary;
using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Ctf;

/// <summary>
/// One stream file being read, event by event; see <see cref="CtfStream"/> for the layout. The file is open only while a packet is read.
/// </summary>
internal sealed class CtfInput(string path)
{
    private const int HeadBytes = 76;
    private const int EventHeadBytes = 30;
    private const int RegionBytes = 36;
    private const int TuneBytes = 8;
    private const uint Magic = 0xC1FC1FC1;

    /// <summary>A packet beyond this is damage, not a reason to take memory.</summary>
    private const ulong LargestPacket = 64 * 1024 * 1024;

    private readonly byte[] _comm = new byte[16];
    private byte[] _packet = [];
    private long _offset;
    private int _at;
    private int _end;
    private DamonAggregated _region;

    internal ushort Id { get; private set; }

    internal long TimestampNs { get; private set; }

    internal int Cpu { get; private set; }

    internal int Tid { get; private set; }

    internal string Kdamond { get; private set; } = "";

    internal ref readonly DamonAggregated Region => ref _region;

    internal ulong SampleUs { get; private set; }

    /// <summary>Events that the stream says were lost.</summary>
    internal long Discarded { get; private set; }

    /// <summary>Where and why the stream breaks off.</summary>
    internal string? Truncation { get; private set; }

    /// <summary>Reads the next event; false when there is none. No allocation but for packets that are larger than those before.</summary>
    internal bool MoveNext()
    {
        if (_at == _end && !ReadPacket())
        {
            return false;
        }

        ReadOnlySpan<byte> left = _packet.AsSpan(_at, _end - _at);
        Id = left.Length >= EventHeadBytes ? BinaryPrimitives.ReadUInt16LittleEndian(left) : ushort.MaxValue;
        int bytes = Id == CtfStream.AggregatedId ? RegionBytes : TuneBytes;
        if (Id > CtfStream.TuneId || left.Length < EventHeadBytes + bytes)
        {
            throw Damaged("an event");
        }

        TimestampNs = BinaryPrimitives.ReadInt64LittleEndian(left[2..]);
        Tid = BinaryPrimitives.ReadInt32LittleEndian(left[10..]);
        SetComm(left.Slice(14, 16));
        ReadFields(left.Slice(EventHeadBytes, bytes));
        _at += EventHeadBytes + bytes;
        return true;
    }

    private void ReadFields(ReadOnlySpan<byte> fields)
    {
        if (Id == CtfStream.TuneId)
        {
            SampleUs = BinaryPrimitives.ReadUInt64LittleEndian(fields);
            _region = default;
            return;
        }

        _region.TargetId = BinaryPrimitives.ReadUInt64LittleEndian(fields);
        _region.NrRegions = BinaryPrimitives.ReadUInt32LittleEndian(fields[8..]);
        _region.Start = BinaryPrimitives.ReadUInt64LittleEndian(fields[12..]);
        _region.End = BinaryPrimitives.ReadUInt64LittleEndian(fields[20..]);
        _region.NrAccesses = BinaryPrimitives.ReadUInt32LittleEndian(fields[28..]);
        _region.Age = BinaryPrimitives.ReadUInt32LittleEndian(fields[32..]);
    }

    private void SetComm(ReadOnlySpan<byte> comm)
    {
        if (!comm.SequenceEqual(_comm))
        {
            comm.CopyTo(_comm);
            int length = comm.IndexOf((byte)0);
            Kdamond = Encoding.UTF8.GetString(comm[..(length < 0 ? comm.Length : length)]);
        }
    }

    private bool ReadPacket()
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        file.Position = _offset;
        Span<byte> head = stackalloc byte[HeadBytes];
        int read = file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        if (read == 0)
        {
            return false;
        }

        ulong content = BinaryPrimitives.ReadUInt64LittleEndian(head[40..]) / 8;
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(head[48..]) / 8;
        if (read == HeadBytes && (BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic || content < HeadBytes || content > size || size > LargestPacket))
        {
            throw Damaged("a packet");
        }

        if (read < HeadBytes || file.Length - _offset < (long)content)
        {
            Truncation = $"{Path.GetFileName(path)}, offset {_offset}: the file ends inside a packet";
            return false;
        }

        Discarded = (long)BinaryPrimitives.ReadUInt64LittleEndian(head[64..]);
        Cpu = BinaryPrimitives.ReadInt32LittleEndian(head[72..]);
        _packet = _packet.Length < (int)content ? new byte[content] : _packet;
        file.Position = _offset;
        file.ReadExactly(_packet.AsSpan(0, (int)content));
        _at = HeadBytes;
        _end = (int)content;
        _offset += (long)size;
        return _at < _end || ReadPacket();
    }

    private RecordingFormatException Damaged(string what) =>
        new($"{Path.GetFileName(path)}, offset {_offset}: expected {what}, found something else");
}
