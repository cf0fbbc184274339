using System.Buffers.Binary;
using Damon.Trace.Exporters.Compression;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Reads binary records v0, v1 and v2. Streaming; one snapshot in memory. The stream stays open; it belongs to the caller.
/// </summary>
/// <remarks>
/// What the format does not tell stays null or, for the age, 0. Regions carry the end of their snapshot as time and no cpu (-1); the
/// kdamond is called kdamond.0.
/// </remarks>
internal sealed class DamoBinaryReader(Stream stream) : IRecordingReader
{
    /// <summary>Bytes that <see cref="Recognizes"/> looks at: a version 0 up to the addresses of its second region.</summary>
    public const int RecognizableBytes = 68;

    private readonly BinaryInput _input = new(stream);
    private readonly Snapshot _snapshot = new() { Kdamond = "kdamond.0" };
    private readonly Dictionary<ulong, ulong> _numbers = [];
    private DamoBinaryVersion _version;
    private long _snapshots;
    private long _incomplete;
    private long _events;
    private long _lost;
    private bool _hasHeader = true;

    /// <summary>
    /// Whether a file that begins so is a binary record. Version 0 has no magic and is taken for one when its first aggregation looks like
    /// one: a time of at most 2^33 s and less than 10^9 ns, 1 to 1024 targets, a possible number of regions, of which the first has a size
    /// and the second does not begin before its end. By chance 68 bytes do so once in 10^20.
    /// </summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(DamoBinaryFormat.Magic))
        {
            return true;
        }

        if (head.Length < 52)
        {
            return false;
        }

        uint regions = BinaryPrimitives.ReadUInt32LittleEndian(head[28..]);
        ulong end = BinaryPrimitives.ReadUInt64LittleEndian(head[40..]);
        bool second = regions == 1 || (head.Length >= RecognizableBytes
            && BinaryPrimitives.ReadUInt64LittleEndian(head[52..]) >= end
            && BinaryPrimitives.ReadUInt64LittleEndian(head[60..]) > BinaryPrimitives.ReadUInt64LittleEndian(head[52..]));
        return second
            && BinaryPrimitives.ReadInt64LittleEndian(head) is >= 0 and < 1L << 33
            && BinaryPrimitives.ReadInt64LittleEndian(head[8..]) is >= 0 and < DamoBinaryFormat.NsPerSecond
            && BinaryPrimitives.ReadUInt32LittleEndian(head[16..]) is > 0 and <= 1024
            && regions is > 0 and <= SnapshotSpool.MaxRegions
            && BinaryPrimitives.ReadUInt64LittleEndian(head[32..]) < end;
    }

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        ReadHeader();
        string? truncation = null;
        try
        {
            while (!_input.Peek(1).IsEmpty)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadAggregation(sink);
            }
        }
        catch (TruncatedInputException e)
        {
            truncation = e.Message;
        }
        catch (RecordingFormatException e) when (_snapshots > 0)
        {
            // It was a recording up to here: what came is right, the rest cannot be found again.
            truncation = e.Message;
        }

        truncation ??= IInputDamage.Of(stream);
        string[] notes = _hasHeader ? [] : ["the input has no header and was read as a binary record of version 0, as which it looks"];
        sink.OnEnd(new RecordingEnd(_snapshots, _incomplete, _events, _lost, truncation) { Notes = notes });
    }

    private void ReadHeader()
    {
        ReadOnlySpan<byte> head = _input.Peek(DamoBinaryFormat.HeaderBytes);
        if (!head.StartsWith(DamoBinaryFormat.Magic))
        {
            _hasHeader = false;
            if (!Recognizes(_input.Peek(RecognizableBytes)))
            {
                throw new RecordingFormatException(
                    "Byte 0: expected \"damon_recfmt_ver\" or the head of a binary record v0, found "
                    + (head.IsEmpty ? "an empty file." : Convert.ToHexString(head) + "."));
            }

            return;
        }

        if (head.Length < DamoBinaryFormat.HeaderBytes)
        {
            throw new RecordingFormatException($"Byte 16: expected the version of the binary record, found the end of the file.");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(head[DamoBinaryFormat.MagicBytes..]);
        if (version is < 0 or > 2)
        {
            throw new RecordingFormatException($"Byte 16: expected version 0, 1 or 2 of the binary record, found {version}.");
        }

        _version = (DamoBinaryVersion)version;
        _input.Skip(DamoBinaryFormat.HeaderBytes);
    }

    private void ReadAggregation(IRecordingSink sink)
    {
        long offset = _input.Offset;
        ReadOnlySpan<byte> head = _input.Take(DamoBinaryFormat.TimeBytes + 4, "the head of an aggregation");
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(head);
        long rest = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
        uint targets = BinaryPrimitives.ReadUInt32LittleEndian(head[16..]);
        if (seconds is < 0 or > long.MaxValue / DamoBinaryFormat.NsPerSecond - 1 || rest is < 0 or >= DamoBinaryFormat.NsPerSecond
            || targets > DamoBinaryFormat.MaxTargets)
        {
            throw new RecordingFormatException(
                $"Byte {offset}: expected the time and number of targets of an aggregation, found {seconds} s, {rest} ns, {targets} targets.");
        }

        for (uint i = 0; i < targets; i++)
        {
            ReadTarget(sink, (seconds * DamoBinaryFormat.NsPerSecond) + rest);
        }
    }

    private void ReadTarget(IRecordingSink sink, long endNs)
    {
        long offset = _input.Offset;
        int idBytes = DamoBinaryFormat.TargetIdBytes(_version);
        ReadOnlySpan<byte> head = _input.Take(idBytes + 4, "the head of a target");
        _snapshot.TargetId = idBytes == 4
            ? BinaryPrimitives.ReadUInt32LittleEndian(head)
            : BinaryPrimitives.ReadUInt64LittleEndian(head);
        _snapshot.NrRegions = BinaryPrimitives.ReadUInt32LittleEndian(head[idBytes..]);
        _snapshot.EndNs = endNs;
        _snapshot.Clear();
        if (_snapshot.NrRegions > SnapshotSpool.MaxRegions)
        {
            throw new RecordingFormatException(
                $"Byte {offset}: expected a target with at most {SnapshotSpool.MaxRegions} regions, found {_snapshot.NrRegions}.");
        }

        try
        {
            for (uint i = 0; i < _snapshot.NrRegions; i++)
            {
                ReadRegion(endNs);
            }
        }
        catch (TruncatedInputException) when (_snapshot.Count > 0)
        {
            Deliver(sink);
            throw;
        }

        Deliver(sink);
    }

    /// <summary>Bound by the copy, 20 bytes, about 80 ns; no allocation.</summary>
    private void ReadRegion(long endNs)
    {
        long offset = _input.Offset;
        ReadOnlySpan<byte> bytes = _input.Take(DamoBinaryFormat.RegionBytes, "a region");
        RegionEvent region = new()
        {
            TimestampNs = endNs,
            Cpu = -1,
            Start = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            End = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            NrAccesses = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
        };
        if (region.Start > region.End)
        {
            throw new RecordingFormatException($"Byte {offset}: expected a region with start <= end, found {region.Start}-{region.End}.");
        }

        _snapshot.Add(region);
    }

    private void Deliver(IRecordingSink sink)
    {
        if (_snapshot is { NrRegions: 1, Regions: [{ Start: 0, End: 0, NrAccesses: DamoBinaryFormat.FakeNrAccesses }] })
        {
            // Made up by the writer, for readers who take a begin from the end before.
            return;
        }

        _ = _numbers.TryGetValue(_snapshot.TargetId, out ulong number);
        _numbers[_snapshot.TargetId] = number + 1;
        _snapshot.Number = number;
        _snapshot.Complete = (uint)_snapshot.Count == _snapshot.NrRegions;
        _snapshots++;
        _incomplete += _snapshot.Complete ? 0 : 1;
        _events += _snapshot.Count;
        _lost += _snapshot.NrRegions - _snapshot.Count;
        sink.OnSnapshot(_snapshot);
    }
}
