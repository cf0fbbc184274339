using System.IO.Compression;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>Compresses pages one after the other with one codec.</summary>
internal sealed class PageCompressor : IDisposable
{
    /// <summary>Parquet's CompressionCodec numbers.</summary>
    private const int CodecUncompressed = 0;
    private const int CodecGzip = 2;
    private const int CodecZstd = 6;

    /// <summary>
    /// Packed differences hold little that a higher level would find: level 3 saves 1 % of DAMON-like data for a seventh more CPU time.
    /// </summary>
    private const int ZstdLevel = 1;

    private readonly MemoryStream _gzip = new();
    private nint _zstd;

    internal PageCompressor(ParquetCompression compression)
    {
        Codec = compression switch
        {
            ParquetCompression.None => CodecUncompressed,
            ParquetCompression.Gzip => CodecGzip,
            ParquetCompression.Auto => LibZstd.IsAvailable ? CodecZstd : CodecGzip,
            ParquetCompression.Zstd when LibZstd.IsAvailable => CodecZstd,
            ParquetCompression.Zstd => throw new NotSupportedException("zstd compression needs libzstd.so.1, which is not installed"),
            _ => throw new ArgumentOutOfRangeException(nameof(compression)),
        };
        if (Codec == CodecZstd)
        {
            _zstd = LibZstd.CreateContext();
            if (_zstd == 0)
            {
                throw new InsufficientMemoryException("libzstd could not allocate a compression context");
            }
        }
    }

    internal int Codec { get; }

    internal void Compress(ReadOnlySpan<byte> page, ByteBuffer output)
    {
        if (Codec == CodecZstd)
        {
            Span<byte> room = output.Reserve(LibZstd.CompressBound(page.Length));
            int length = LibZstd.Compress(_zstd, room, page, ZstdLevel);
            output.Advance(length >= 0 ? length : throw new InvalidOperationException("libzstd failed to compress a page"));
        }
        else if (Codec == CodecGzip)
        {
            _gzip.SetLength(0);
            using (GZipStream gzip = new(_gzip, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(page);
            }

            output.Write(_gzip.GetBuffer().AsSpan(0, (int)_gzip.Length));
        }
        else
        {
            output.Write(page);
        }
    }

    public void Dispose()
    {
        if (_zstd != 0)
        {
            LibZstd.FreeContext(_zstd);
            _zstd = 0;
        }
    }
}
