using System.Runtime.CompilerServices;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>
/// Header of an event inside a block. Fields that a blob leaves out keep the value of the blob before, so one instance lives through a
/// block. The format is described in EventPipeFormat.md of the PerfView project ("Header compression").
/// </summary>
internal struct BlobHeader
{
    public const byte HasMetadataId = 1;
    public const byte HasSequence = 2;
    public const byte HasThread = 4;
    public const byte HasStack = 8;
    public const byte HasActivity = 16;
    public const byte HasRelatedActivity = 32;
    public const byte IsSorted = 64;
    public const byte HasPayloadSize = 128;

    private const int GuidSize = 16;

    public byte Flags;
    public int MetadataId;
    public uint Sequence;
    public ulong CaptureThread;
    public int Cpu;
    public ulong Thread;
    public long Timestamp;
    public int PayloadSize;

    /// <summary>
    /// Reads the next header and moves behind it; false when the bytes end inside. Bound by byte-wise decoding, in nearly all blobs one
    /// flag byte and one or two bytes of time; no allocation.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ReadOnlySpan<byte> block, ref int position)
    {
        // Nearly all: nothing but one or two bytes of time.
        if ((uint)(position + 2) < (uint)block.Length && (block[position] & ~IsSorted) == 0 && block[position + 2] < 0x80)
        {
            byte low = block[position + 1];
            int more = low >> 7;
            Flags = block[position];
            Sequence += MetadataId != 0 ? 1u : 0u;
            Timestamp += (low & 0x7f) + ((block[position + 2] << 7) * more);
            position += 2 + more;
            return true;
        }

        return TryReadFull(block, ref position);
    }

    private bool TryReadFull(ReadOnlySpan<byte> block, ref int position)
    {
        if ((uint)position >= (uint)block.Length)
        {
            return false;
        }

        Flags = block[position++];
        if ((Flags & (HasMetadataId | HasSequence | HasThread | HasStack)) != 0 && !TryReadBeforeTime(block, ref position))
        {
            return false;
        }

        if ((Flags & HasSequence) == 0 && MetadataId != 0)
        {
            Sequence++;
        }

        if (!TryReadVariable(block, ref position, out ulong delta))
        {
            return false;
        }

        Timestamp = unchecked(Timestamp + (long)delta);
        return (Flags & (HasActivity | HasRelatedActivity | HasPayloadSize)) == 0 || TryReadAfterTime(block, ref position);
    }

    private bool TryReadBeforeTime(ReadOnlySpan<byte> block, ref int position)
    {
        ulong value;
        if ((Flags & HasMetadataId) != 0)
        {
            if (!TryReadVariable(block, ref position, out value))
            {
                return false;
            }

            MetadataId = (int)value;
        }

        if ((Flags & HasSequence) != 0)
        {
            if (!TryReadVariable(block, ref position, out value) || !TryReadVariable(block, ref position, out CaptureThread))
            {
                return false;
            }

            Sequence += (uint)value + (MetadataId != 0 ? 1u : 0u);
            if (!TryReadVariable(block, ref position, out value))
            {
                return false;
            }

            Cpu = (int)value;
        }

        if ((Flags & HasThread) != 0 && !TryReadVariable(block, ref position, out Thread))
        {
            return false;
        }

        return (Flags & HasStack) == 0 || TryReadVariable(block, ref position, out _);
    }

    private bool TryReadAfterTime(ReadOnlySpan<byte> block, ref int position)
    {
        position += (Flags & HasActivity) != 0 ? GuidSize : 0;
        position += (Flags & HasRelatedActivity) != 0 ? GuidSize : 0;
        if ((Flags & HasPayloadSize) == 0)
        {
            return true;
        }

        if (!TryReadVariable(block, ref position, out ulong size))
        {
            return false;
        }

        // A size no block can hold stays one: it must not turn negative.
        PayloadSize = (int)Math.Min(size, int.MaxValue);
        return true;
    }

    /// <summary>Seven bits a byte, least significant first; at most ten bytes.</summary>
    private static bool TryReadVariable(ReadOnlySpan<byte> block, ref int position, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if ((uint)position >= (uint)block.Length)
            {
                return false;
            }

            byte next = block[position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
