using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// The file's header (tools/perf/util/header.h, struct perf_file_header), little endian:
/// magic, u64 header size, u64 attr entry size, three sections {u64 offset, u64 size} (attrs, data, event types), u64[4] feature bitmap.
/// </summary>
internal static class PerfFile
{
    /// <summary>Also the first bytes of a pipe: there the header's size is 16 and records follow at once.</summary>
    internal static ReadOnlySpan<byte> Magic => "PERFILE2"u8;

    /// <summary>The same magic written by a big-endian machine.</summary>
    internal static ReadOnlySpan<byte> SwappedMagic => "2ELIFREP"u8;

    internal const int HeaderBytes = 104;
    internal const int PipeHeaderBytes = 16;

    internal const int HeaderSizeAt = 8;
    internal const int AttrSizeAt = 16;
    internal const int AttrsAt = 24;
    internal const int DataAt = 40;
    internal const int FeaturesAt = 72;

    /// <summary>{u64 offset, u64 size}.</summary>
    internal const int SectionBytes = 16;

    /// <summary>The header of a file; what is not named is 0.</summary>
    internal static void PutHeader(
        Span<byte> file, (long Offset, long Bytes) attributes, (long Offset, long Bytes) data, IEnumerable<int> featureBits)
    {
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file[HeaderSizeAt..], HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file[AttrSizeAt..], EventAttribute.Bytes + SectionBytes);
        PutSection(file[AttrsAt..], attributes.Offset, attributes.Bytes);
        PutSection(file[DataAt..], data.Offset, data.Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file[FeaturesAt..], featureBits.Aggregate(0UL, static (bits, bit) => bits | (1UL << bit)));
    }

    internal static void PutSection(Span<byte> at, long offset, long bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(at, offset);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], bytes);
    }

    /// <summary>What follows the data: a section for each feature in the order of the bits, then their payloads.</summary>
    /// <param name="begin">Where in the file it stands.</param>
    /// <param name="features">Features behind the data.</param>
    /// <param name="elsewhere">Sections of the features with the lowest bits, whose payloads stand before the data.</param>
    internal static byte[] Trailer(long begin, List<(int Bit, byte[] Payload)> features, params ReadOnlySpan<(long Offset, long Bytes)> elsewhere)
    {
        int payloadAt = (elsewhere.Length + features.Count) * SectionBytes;
        byte[] trailer = new byte[payloadAt + features.Sum(static feature => feature.Payload.Length)];
        int at = 0;
        foreach ((long offset, long bytes) in elsewhere)
        {
            PutSection(trailer.AsSpan(at), offset, bytes);
            at += SectionBytes;
        }

        foreach ((_, byte[] payload) in features)
        {
            PutSection(trailer.AsSpan(at), begin + payloadAt, payload.Length);
            payload.CopyTo(trailer, payloadAt);
            at += SectionBytes;
            payloadAt += payload.Length;
        }

        return trailer;
    }
}
