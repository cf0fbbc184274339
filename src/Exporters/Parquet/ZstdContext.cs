using System.Runtime.InteropServices;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>Compresses to frames of zstd, with the library's search for matches or by matches that are found otherwise; for one thread at a time.</summary>
internal sealed unsafe class ZstdContext : SafeHandle
{
    private readonly RecurringValues _recurring = new();

    internal ZstdContext(int level)
        : base(0, ownsHandle: true)
    {
        SetHandle((nint)Methods.ZSTD_createCCtx());
        Set(ZSTD_cParameter.ZSTD_c_compressionLevel, level);
    }

    public override bool IsInvalid => handle == 0;

    private ZSTD_CCtx_s* Context => (ZSTD_CCtx_s*)handle;

    /// <summary>Searches for matches.</summary>
    internal void Compress(ReadOnlySpan<byte> bytes, ByteBuffer output)
    {
        Span<byte> room = output.Reserve(Compressor.GetCompressBound(bytes.Length));
        fixed (byte* from = bytes)
        fixed (byte* to = room)
        {
            output.Advance(Length(Methods.ZSTD_compress2(Context, to, (nuint)room.Length, from, (nuint)bytes.Length)));
        }
    }

    /// <summary>Takes values for matches that stood in the same order before; what is new is coded.</summary>
    /// <param name="bytes">Something else, and values up to the end.</param>
    /// <param name="valuesAt">Where the values begin.</param>
    /// <param name="width">Bytes of one, 4 or 8.</param>
    /// <param name="output">Where to.</param>
    internal void CompressRecurring(ReadOnlySpan<byte> bytes, int valuesAt, int width, ByteBuffer output) =>
        Compress(bytes, _recurring.Find(bytes, valuesAt, width), output);

    /// <summary>Codes bytes by how often they occur; no matches.</summary>
    internal void Code(ReadOnlySpan<byte> bytes, ByteBuffer output) => Compress(bytes, [], output);

    // Matches of four bytes are the shortest that zstd has room for at this level; it finds by itself where an offset stays the same.
    private void Compress(ReadOnlySpan<byte> bytes, ReadOnlySpan<ZSTD_Sequence> sequences, ByteBuffer output)
    {
        Span<byte> room = output.Reserve(Compressor.GetCompressBound(bytes.Length));
        fixed (byte* from = bytes)
        fixed (byte* to = room)
        fixed (ZSTD_Sequence* matches = sequences)
        {
            output.Advance(Length(Methods.ZSTD_compressSequences(
                Context, to, (nuint)room.Length, matches, (nuint)sequences.Length, from, (nuint)bytes.Length)));
        }
    }

    protected override bool ReleaseHandle()
    {
        Methods.ZSTD_freeCCtx(Context);
        return true;
    }

    private void Set(ZSTD_cParameter parameter, int value) => Length(Methods.ZSTD_CCtx_setParameter(Context, parameter, value));

    private static int Length(nuint result) =>
        Methods.ZSTD_isError(result) ? throw new ZstdException(Methods.ZSTD_getErrorCode(result), Methods.ZSTD_getErrorName(result)) : (int)result;
}
