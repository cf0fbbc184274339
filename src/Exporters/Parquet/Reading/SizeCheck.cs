using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings;
using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>Looks at the sizes in a Parquet file before Parquet.Net believes them (<see cref="ThriftStructure"/>).</summary>
internal static class SizeCheck
{
    private const int TailSize = 8;

    // Fields of PageHeader, parquet.thrift.
    private const int UncompressedPageSize = 2;
    private const int CompressedPageSize = 3;

    // A header is some ten bytes; with statistics of texts it may be some thousand.
    private const int MaxHeaderSize = 64 << 10;

    // Writers make pages of a megabyte; the largest known, DuckDB's, have up to 100 MB.
    private const long MaxPageSize = 256 << 20;

    /// <summary>
    /// The footer. Bound by its size, it is read once more. Says nothing where there is none: Parquet.Net has words for that.
    /// </summary>
    /// <exception cref="RecordingFormatException">A size cannot be.</exception>
    internal static void RequireFooter(Stream file)
    {
        if (file.Length < TailSize + 4)
        {
            return;
        }

        Span<byte> tail = stackalloc byte[TailSize];
        file.Position = file.Length - TailSize;
        file.ReadExactly(tail);
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length <= 0 || length > file.Length - TailSize)
        {
            return;
        }

        byte[] footer = new byte[length];
        file.Position = file.Length - TailSize - length;
        file.ReadExactly(footer);
        _ = ThriftStructure.Require(footer, file.Length - TailSize - length, ThriftShape.FileMetaData, []);
    }

    /// <summary>The headers of all pages of a column's part of a row group. Bound by one read for each.</summary>
    /// <exception cref="RecordingFormatException">A page is larger than it can be, or the part than the file.</exception>
    internal static void RequirePages(Stream file, NetParquet.Meta.ColumnMetaData? part)
    {
        if (part is null)
        {
            return;
        }

        long offset = Math.Min(part.DataPageOffset, part.DictionaryPageOffset ?? part.DataPageOffset);
        long end = offset + part.TotalCompressedSize;
        if (offset < 0 || end < offset || end > file.Length)
        {
            throw new RecordingFormatException($"the Parquet file is damaged: a column reaches from {offset} to {end}, the file to {file.Length}");
        }

        Span<byte> buffer = stackalloc byte[512];
        Span<long> numbers = stackalloc long[CompressedPageSize + 1];
        while (offset < end)
        {
            numbers.Clear();
            int header = RequireHeader(file, offset, end, buffer, numbers);
            long left = end - offset - header;
            if (numbers[CompressedPageSize] < 0 || numbers[CompressedPageSize] > left || numbers[UncompressedPageSize] is < 0 or > MaxPageSize)
            {
                throw new RecordingFormatException(
                    $"the Parquet file is damaged: offset {offset}: expected a page of at most {left} bytes, found {numbers[CompressedPageSize]}, "
                    + $"which expand to {numbers[UncompressedPageSize]}");
            }

            offset += header + numbers[CompressedPageSize];
        }
    }

    private static int RequireHeader(Stream file, long offset, long end, Span<byte> buffer, Span<long> numbers)
    {
        try
        {
            return ThriftStructure.Require(Read(file, offset, end, buffer), offset, ThriftShape.PageHeader, numbers);
        }
        catch (RecordingFormatException) when (end - offset > buffer.Length)
        {
            // It may only be longer than most are.
            numbers.Clear();
            return ThriftStructure.Require(Read(file, offset, end, new byte[MaxHeaderSize]), offset, ThriftShape.PageHeader, numbers);
        }
    }

    private static Span<byte> Read(Stream file, long offset, long end, Span<byte> buffer)
    {
        Span<byte> bytes = buffer[..(int)Math.Min(buffer.Length, end - offset)];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }
}
