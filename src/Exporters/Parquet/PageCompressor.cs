using System.Collections.Concurrent;
using System.IO.Compression;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>Compresses pages with one codec, for any number of threads at a time.</summary>
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

    // A context is some megabyte of tables, and of one thread at a time: they go round.
    private readonly ConcurrentBag<ZstdContext> _zstd = [];

    internal PageCompressor(ParquetCompression compression)
    {
        Codec = compression switch
        {
            ParquetCompression.None => CodecUncompressed,
            ParquetCompression.Gzip => CodecGzip,
            ParquetCompression.Zstd => CodecZstd,
            _ => throw new ArgumentOutOfRangeException(nameof(compression)),
        };
    }

    internal int Codec { get; }

    internal bool IsZstd => Codec == CodecZstd;

    internal void Compress(ReadOnlySpan<byte> page, ByteBuffer output)
    {
        if (Codec == CodecZstd)
        {
            ZstdContext zstd = TakeZstd();
            zstd.Compress(page, output);
            _zstd.Add(zstd);
        }
        else if (Codec == CodecGzip)
        {
            using MemoryStream compressed = new();
            using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(page);
            }

            output.Write(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        }
        else
        {
            output.Write(page);
        }
    }

    /// <inheritdoc cref="ZstdContext.Code"/>
    internal void Code(ReadOnlySpan<byte> bytes, ByteBuffer output)
    {
        ZstdContext zstd = TakeZstd();
        zstd.Code(bytes, output);
        _zstd.Add(zstd);
    }

    /// <inheritdoc cref="ZstdContext.CompressRecurring"/>
    internal void CompressRecurring(ReadOnlySpan<byte> bytes, int valuesAt, int width, ByteBuffer output)
    {
        ZstdContext zstd = TakeZstd();
        zstd.CompressRecurring(bytes, valuesAt, width, output);
        _zstd.Add(zstd);
    }

    public void Dispose()
    {
        while (_zstd.TryTake(out ZstdContext? zstd))
        {
            zstd.Dispose();
        }
    }

    private ZstdContext TakeZstd() => _zstd.TryTake(out ZstdContext? free) ? free : new ZstdContext(ZstdLevel);
}
