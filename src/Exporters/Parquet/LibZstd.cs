using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>zstd.h, from the system's libzstd.so.1 where there is one.</summary>
internal static unsafe class LibZstd
{
    private const string Library = "libzstd.so.1";

    private static readonly delegate* unmanaged<nint> s_createCCtx;
    private static readonly delegate* unmanaged<nint, nuint> s_freeCCtx;
    private static readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint> s_compressCCtx;
    private static readonly delegate* unmanaged<nuint, nuint> s_compressBound;
    private static readonly delegate* unmanaged<nuint, uint> s_isError;

    static LibZstd()
    {
        if (NativeLibrary.TryLoad(Library, out nint library)
            && NativeLibrary.TryGetExport(library, "ZSTD_createCCtx", out nint create)
            && NativeLibrary.TryGetExport(library, "ZSTD_freeCCtx", out nint free)
            && NativeLibrary.TryGetExport(library, "ZSTD_compressCCtx", out nint compress)
            && NativeLibrary.TryGetExport(library, "ZSTD_compressBound", out nint bound)
            && NativeLibrary.TryGetExport(library, "ZSTD_isError", out nint isError))
        {
            s_createCCtx = (delegate* unmanaged<nint>)create;
            s_freeCCtx = (delegate* unmanaged<nint, nuint>)free;
            s_compressCCtx = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint>)compress;
            s_compressBound = (delegate* unmanaged<nuint, nuint>)bound;
            s_isError = (delegate* unmanaged<nuint, uint>)isError;
            IsAvailable = true;
        }
    }

    internal static bool IsAvailable { get; }

    internal static nint CreateContext() => s_createCCtx();

    internal static void FreeContext(nint context) => _ = s_freeCCtx(context);

    internal static int CompressBound(int length) => checked((int)s_compressBound((nuint)length));

    /// <summary>Length of the compressed data, or -1 when zstd reports an error (the destination being too small is one).</summary>
    internal static int Compress(nint context, Span<byte> destination, ReadOnlySpan<byte> source, int level)
    {
        fixed (byte* to = destination, from = source)
        {
            nuint result = s_compressCCtx(context, to, (nuint)destination.Length, from, (nuint)source.Length, level);
            return s_isError(result) != 0 ? -1 : (int)result;
        }
    }
}
