using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Compression;

/// <summary>
/// xz with the system's liblzma.so.5 (lzma/base.h, lzma/container.h), stream after stream, with their check sums. Files that need more than
/// 128 MiB to expand (a dictionary larger than xz -9 has) are refused.
/// </summary>
internal sealed unsafe class XzDecoder : IDecoder
{
    private const ulong MaxMemory = 128 << 20;
    private const uint LZMA_CONCATENATED = 0x08;
    private const int LZMA_RUN = 0;
    private const int LZMA_FINISH = 3;
    private const int LZMA_OK = 0;
    private const int LZMA_STREAM_END = 1;
    private const int LZMA_BUF_ERROR = 10;

    private static readonly delegate* unmanaged<LzmaStream*, ulong, uint, int> s_begin;
    private static readonly delegate* unmanaged<LzmaStream*, int, int> s_code;
    private static readonly delegate* unmanaged<LzmaStream*, void> s_end;

    private LzmaStream* _stream;

    static XzDecoder()
    {
        if (NativeLibrary.TryLoad("liblzma.so.5", out nint library)
            && NativeLibrary.TryGetExport(library, "lzma_stream_decoder", out nint begin)
            && NativeLibrary.TryGetExport(library, "lzma_code", out nint code)
            && NativeLibrary.TryGetExport(library, "lzma_end", out nint end))
        {
            s_begin = (delegate* unmanaged<LzmaStream*, ulong, uint, int>)begin;
            s_code = (delegate* unmanaged<LzmaStream*, int, int>)code;
            s_end = (delegate* unmanaged<LzmaStream*, void>)end;
            IsAvailable = true;
        }
    }

    internal XzDecoder()
    {
        _stream = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        int result = s_begin(_stream, MaxMemory, LZMA_CONCATENATED);
        Error = result == LZMA_OK ? null : Describe(result);
    }

    ~XzDecoder() => Free();

    /// <summary>False where the library is not installed.</summary>
    internal static bool IsAvailable { get; }

    /// <inheritdoc/>
    public string? Error { get; private set; }

    /// <inheritdoc/>
    public bool IsComplete { get; private set; }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> source, bool isLast, Span<byte> destination, out int consumed, out int produced)
    {
        consumed = 0;
        produced = 0;
        if (Error is not null || IsComplete)
        {
            return Error is null;
        }

        fixed (byte* from = source, to = destination)
        {
            _stream->NextIn = from;
            _stream->AvailIn = (nuint)source.Length;
            _stream->NextOut = to;
            _stream->AvailOut = (nuint)destination.Length;
            int result = s_code(_stream, isLast ? LZMA_FINISH : LZMA_RUN);
            GC.KeepAlive(this);
            consumed = source.Length - (int)_stream->AvailIn;
            produced = destination.Length - (int)_stream->AvailOut;
            IsComplete = result == LZMA_STREAM_END;

            // BUF_ERROR only says that there is nothing to do with so little data or room.
            Error = result is LZMA_OK or LZMA_STREAM_END or LZMA_BUF_ERROR ? null : Describe(result);
            return Error is null;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static string Describe(int result) => "xz: " + result switch
    {
        5 => "out of memory",
        6 => "needs more than 128 MiB to expand; hint: xz -dc FILE | damon-trace script -i -",
        7 => "not an xz stream",
        8 => "unknown options; hint: xz -dc FILE | damon-trace script -i -",
        9 => "the data is damaged",
        _ => $"error {result}",
    };

    private void Free()
    {
        if (_stream is not null)
        {
            s_end(_stream);
            NativeMemory.Free(_stream);
            _stream = null;
        }
    }

    /// <summary>lzma_stream of 64-bit systems, 136 bytes.</summary>
    private struct LzmaStream
    {
#pragma warning disable CS0169, CS0649 // the library writes them
        public byte* NextIn;
        public nuint AvailIn;
        public ulong TotalIn;
        public byte* NextOut;
        public nuint AvailOut;
        public ulong TotalOut;
        private readonly nint _allocator;
        private readonly nint _internal;
        private fixed ulong _reserved[9];
#pragma warning restore CS0169, CS0649
    }
}
