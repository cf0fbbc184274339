using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Compression;

/// <summary>
/// zstd with the system's libzstd.so.1 (zstd.h: ZSTD_decompressStream), frame after frame. Its window is at most 128 MiB, zstd's own limit.
/// </summary>
/// <remarks>
/// The C library and not a managed port: ZstdSharp.Port 0.8.8 expanded the same data in 1.1 to 3.0 times the time, and the library is where
/// a Linux system is (dpkg, systemd and the kernel's modules need it).
/// </remarks>
internal sealed unsafe class ZstdDecoder : IDecoder
{
    private static readonly delegate* unmanaged<nint> s_create;
    private static readonly delegate* unmanaged<nint, nuint> s_free;
    private static readonly delegate* unmanaged<nint, Buffer*, Buffer*, nuint> s_decompress;
    private static readonly delegate* unmanaged<nuint, uint> s_isError;
    private static readonly delegate* unmanaged<nuint, nint> s_errorName;

    private nint _stream;

    static ZstdDecoder()
    {
        if (NativeLibrary.TryLoad("libzstd.so.1", out nint library)
            && NativeLibrary.TryGetExport(library, "ZSTD_createDStream", out nint create)
            && NativeLibrary.TryGetExport(library, "ZSTD_freeDStream", out nint free)
            && NativeLibrary.TryGetExport(library, "ZSTD_decompressStream", out nint decompress)
            && NativeLibrary.TryGetExport(library, "ZSTD_isError", out nint isError)
            && NativeLibrary.TryGetExport(library, "ZSTD_getErrorName", out nint errorName))
        {
            s_create = (delegate* unmanaged<nint>)create;
            s_free = (delegate* unmanaged<nint, nuint>)free;
            s_decompress = (delegate* unmanaged<nint, Buffer*, Buffer*, nuint>)decompress;
            s_isError = (delegate* unmanaged<nuint, uint>)isError;
            s_errorName = (delegate* unmanaged<nuint, nint>)errorName;
            IsAvailable = true;
        }
    }

    internal ZstdDecoder() => _stream = s_create();

    ~ZstdDecoder() => Free();

    /// <summary>False where the library is not installed.</summary>
    internal static bool IsAvailable { get; }

    /// <inheritdoc/>
    public string? Error { get; private set; }

    /// <inheritdoc/>
    public bool IsComplete { get; private set; } = true;

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> source, bool isLast, Span<byte> destination, out int consumed, out int produced)
    {
        fixed (byte* from = source, to = destination)
        {
            Buffer output = new() { Bytes = to, Size = (nuint)destination.Length };
            Buffer input = new() { Bytes = from, Size = (nuint)source.Length };
            nuint result = s_decompress(_stream, &output, &input);
            GC.KeepAlive(this);
            consumed = (int)input.Position;
            produced = (int)output.Position;
            if (s_isError(result) != 0)
            {
                Error = "zstd: " + Marshal.PtrToStringUTF8(s_errorName(result));
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
        if (_stream != 0)
        {
            _ = s_free(_stream);
            _stream = 0;
        }
    }

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    private struct Buffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }
}
