using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// One decompression that goes on over all COMPRESSED records of a file, with the system's libzstd.so.1 (zstd.h: ZSTD_decompressStream).
/// </summary>
internal sealed unsafe class ZstdStream : IDisposable
{
    private static readonly delegate* unmanaged<nint> s_create;
    private static readonly delegate* unmanaged<nint, nuint> s_free;
    private static readonly delegate* unmanaged<nint, Buffer*, Buffer*, nuint> s_decompress;
    private static readonly delegate* unmanaged<nuint, uint> s_isError;

    private nint _stream;

    static ZstdStream()
    {
        if (NativeLibrary.TryLoad("libzstd.so.1", out nint library)
            && NativeLibrary.TryGetExport(library, "ZSTD_createDStream", out nint create)
            && NativeLibrary.TryGetExport(library, "ZSTD_freeDStream", out nint free)
            && NativeLibrary.TryGetExport(library, "ZSTD_decompressStream", out nint decompress)
            && NativeLibrary.TryGetExport(library, "ZSTD_isError", out nint isError))
        {
            s_create = (delegate* unmanaged<nint>)create;
            s_free = (delegate* unmanaged<nint, nuint>)free;
            s_decompress = (delegate* unmanaged<nint, Buffer*, Buffer*, nuint>)decompress;
            s_isError = (delegate* unmanaged<nuint, uint>)isError;
            IsAvailable = true;
        }
    }

    internal ZstdStream() => _stream = s_create();

    ~ZstdStream() => Free();

    /// <summary>False where the library is not installed.</summary>
    internal static bool IsAvailable { get; }

    /// <summary>Decompresses as much as fits; false when the data is damaged.</summary>
    internal bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int produced)
    {
        fixed (byte* from = source, to = destination)
        {
            Buffer output = new() { Bytes = to, Size = (nuint)destination.Length };
            Buffer input = new() { Bytes = from, Size = (nuint)source.Length };
            nuint result = s_decompress(_stream, &output, &input);
            GC.KeepAlive(this);
            consumed = (int)input.Position;
            produced = (int)output.Position;
            return s_isError(result) == 0;
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
