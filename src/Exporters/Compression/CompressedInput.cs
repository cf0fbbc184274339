using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Compression;

/// <summary>Recognises compressed files by their first bytes.</summary>
internal static class CompressedInput
{
    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xb5, 0x2f, 0xfd];

    private static ReadOnlySpan<byte> XzMagic => [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    private static ReadOnlySpan<byte> BzipMagic => "BZh"u8;

    private static ReadOnlySpan<byte> Lz4Magic => [0x04, 0x22, 0x4d, 0x18];

    /// <summary>The expanded bytes of a stream that begins so, or null when it is not compressed. Owns the stream in the first case only.</summary>
    /// <exception cref="RecordingFormatException">It is compressed, and cannot be expanded here.</exception>
    internal static Stream? TryOpen(ReadOnlySpan<byte> first, Stream stream)
    {
        if (first.StartsWith(GzipMagic))
        {
            return new GzipInput(stream);
        }

        if (first.StartsWith(ZstdMagic))
        {
            return new DecodedStream(stream, new ZstdDecoder());
        }

        if (first.StartsWith(XzMagic))
        {
            return XzDecoder.IsAvailable ? new DecodedStream(stream, new XzDecoder()) : throw Missing("xz", "liblzma.so.5", "xz -dc");
        }

        return first.StartsWith(BzipMagic) && first is [_, _, _, >= (byte)'1' and <= (byte)'9', (byte)'1', (byte)'A', (byte)'Y', ..]
                ? throw new RecordingFormatException("bzip2 is not expanded here; hint: bzip2 -dc FILE | damon-trace script -i -")
            : first.StartsWith(Lz4Magic)
                ? throw new RecordingFormatException("lz4 is not expanded here; hint: lz4 -dc FILE | damon-trace script -i -")
            : null;
    }

    private static RecordingFormatException Missing(string kind, string library, string command) =>
        new($"the input is compressed with {kind}, and {library} is not installed; hint: {command} FILE | damon-trace script -i -");
}
