using ZstdSharp.Unsafe;
using static ZstdSharp.Unsafe.Methods;

namespace Damon.Trace.Exporters.Compression;

/// <summary>
/// zstd (ZSTD_decompressStream), frame after frame. Its window is at most 128 MiB, zstd's own limit. By the port of the C library whose
/// functions have the same names: its class for C# tells neither how far it came nor what is wrong.
/// </summary>
internal sealed unsafe class ZstdDecoder : IDecoder
{
    private ZSTD_DCtx_s* _stream = ZSTD_createDStream();

    ~ZstdDecoder() => Free();

    /// <inheritdoc/>
    public string? Error { get; private set; }

    /// <inheritdoc/>
    public bool IsComplete { get; private set; } = true;

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> source, bool isLast, Span<byte> destination, out int consumed, out int produced)
    {
        fixed (byte* from = source, to = destination)
        {
            ZSTD_outBuffer_s output = new() { dst = to, size = (nuint)destination.Length };
            ZSTD_inBuffer_s input = new() { src = from, size = (nuint)source.Length };
            nuint result = ZSTD_decompressStream(_stream, &output, &input);
            GC.KeepAlive(this);
            consumed = (int)input.pos;
            produced = (int)output.pos;
            if (ZSTD_isError(result))
            {
                Error = "zstd: " + ZSTD_getErrorName(result);
                return false;
            }

            // 0 says that a frame is complete and written out. Asked again without data, zstd announces the header of another one.
            IsComplete = result == 0 || (IsComplete && consumed == 0 && produced == 0);
            return true;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_stream is not null)
        {
            _ = ZSTD_freeDStream(_stream);
            _stream = null;
        }
    }
}
