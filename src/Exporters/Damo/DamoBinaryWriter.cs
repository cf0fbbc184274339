using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Writes a recording as a binary record, one target per time stamp as damo did. Constant memory: one buffer of 64 KiB. The stream stays
/// open; it belongs to the caller.
/// </summary>
/// <remarks>
/// The format has no place for ages, intervals and kdamonds. The first two are dropped; a recording of two kdamonds is refused, because
/// their targets would silently become one.
/// </remarks>
public sealed class DamoBinaryWriter(Stream output, DamoBinaryVersion version = DamoBinaryVersion.V2) : SnapshotsOnly
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Dictionary<ulong, Target> _targets = [];
    private (string Name, int Tid)? _kdamond;
    private string? _kdamondName;
    private int _used;
    private bool _begun;

    /// <summary>Bound by the output, 20 bytes and about 40 ns a region; no allocation once every target was seen.</summary>
    public override void OnSnapshot(Snapshot snapshot)
    {
        if (snapshot.Count == 0)
        {
            return;
        }

        (string, int) kdamond = snapshot.KdamondIdentity;
        _kdamond ??= kdamond;
        _kdamondName ??= snapshot.Kdamond;
        if (_kdamond != kdamond)
        {
            throw new IOException(
                $"A binary record cannot tell kdamonds apart, and the recording has {_kdamondName} and {snapshot.Kdamond}.");
        }

        long endNs = Math.Max(0, snapshot.EndNs ?? snapshot.Regions[0].TimestampNs);
        _ = _targets.TryGetValue(snapshot.TargetId, out Target target);
        long lengthNs = snapshot.BeginNs is { } begin && begin < endNs ? endNs - begin : (long)(snapshot.AggrUs ?? 0) * 1000;
        _targets[snapshot.TargetId] = new Target(target.Snapshots + 1, endNs, Math.Max(0, lengthNs));
        PutHead(endNs, snapshot.TargetId, (uint)snapshot.Count);
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            PutRegion(region.Start, region.End, region.NrAccesses);
        }
    }

    /// <inheritdoc/>
    public override void OnEnd(RecordingEnd end)
    {
        Begin();
        if (_targets.Values.Any(target => target.Snapshots == 1))
        {
            foreach ((ulong targetId, Target target) in _targets)
            {
                PutHead(target.EndNs + target.LengthNs, targetId, 1);
                PutRegion(0, 0, DamoBinaryFormat.FakeNrAccesses);
            }
        }

        WriteOut();
        output.Flush();
    }

    private void Begin()
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        if (version != DamoBinaryVersion.V0)
        {
            DamoBinaryFormat.Magic.CopyTo(_buffer);
            BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(DamoBinaryFormat.MagicBytes), (int)version);
            _used = DamoBinaryFormat.HeaderBytes;
        }
    }

    private void PutHead(long endNs, ulong targetId, uint nrRegions)
    {
        Begin();
        if (version == DamoBinaryVersion.V1 && targetId > int.MaxValue)
        {
            throw new IOException($"target_id {targetId} does not fit the 4 bytes of a binary record v1; v2 has 8.");
        }

        MakeRoom();
        Span<byte> head = _buffer.AsSpan(_used);
        (long seconds, long rest) = Math.DivRem(endNs, DamoBinaryFormat.NsPerSecond);
        BinaryPrimitives.WriteInt64LittleEndian(head, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], rest);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], 1);
        int idBytes = DamoBinaryFormat.TargetIdBytes(version);
        if (idBytes == 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head[20..], (int)targetId);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(head[20..], targetId);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(head[(20 + idBytes)..], nrRegions);
        _used += 24 + idBytes;
    }

    private void PutRegion(ulong start, ulong end, uint nrAccesses)
    {
        MakeRoom();
        Span<byte> region = _buffer.AsSpan(_used);
        BinaryPrimitives.WriteUInt64LittleEndian(region, start);
        BinaryPrimitives.WriteUInt64LittleEndian(region[8..], end);
        BinaryPrimitives.WriteUInt32LittleEndian(region[16..], nrAccesses);
        _used += DamoBinaryFormat.RegionBytes;
    }

    private void MakeRoom()
    {
        if (_buffer.Length - _used < 64)
        {
            WriteOut();
        }
    }

    private void WriteOut()
    {
        // Forget first: after an error the same bytes must not be written a second time by the clean-up.
        int used = _used;
        _used = 0;
        output.Write(_buffer, 0, used);
    }

    private readonly record struct Target(long Snapshots, long EndNs, long LengthNs);
}
