namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// One column: collects the values of a page, encodes and compresses full pages, keeps them until the row group is complete, and then
/// writes them as a column chunk. Values travel as 64 bits, 32-bit ones extended, strings as their index. While one thread encodes a
/// page, another may append to the next one.
/// </summary>
internal abstract class ColumnWriter(ColumnSchema schema, PageCompressor compressor)
{
    private const int PageTypeData = 0;

    private readonly ColumnCompressor _compressor = new(compressor, schema);
    private readonly ByteBuffer _pages = new();
    private readonly ByteBuffer _page = new();
    private readonly ByteBuffer _header = new();
    private readonly List<int> _encodings = [];
    private ByteBuffer _compressed = new();
    private ByteBuffer _tried = new();
    private long _uncompressedBytes;
    private long _chunkRows;
    private RunEncoder _levels = new();
    private RunEncoder _takenLevels = new();
    private int _pageRows;
    private int _takenRows;

    internal ColumnSchema Schema { get; } = schema;

    /// <summary>Size of the last page before its compression.</summary>
    internal int PageBytes => _page.Length;

    /// <summary>Nulls in the chunk.</summary>
    protected long Nulls { get; private set; }

    protected PageCompressor Compressor { get; } = compressor;

    /// <summary>Encoding of the values of the next page.</summary>
    protected abstract int Encoding { get; }

    /// <summary>The same value for so many rows.</summary>
    internal void AppendRun(ulong value, int rows)
    {
        Count(rows);
        AddValues(value, rows);
    }

    /// <summary>No value for so many rows.</summary>
    internal void AppendNulls(int rows)
    {
        _levels.Add(0, rows);
        _pageRows += rows;
        Nulls += rows;
    }

    /// <summary>
    /// Ends the page: it is <see cref="EncodePage"/>'s, which must be through with the one before. Callers end pages of all columns after the
    /// same row.
    /// </summary>
    internal void EndPage()
    {
        (_levels, _takenLevels) = (_takenLevels, _levels);
        (_pageRows, _takenRows) = (0, _pageRows);
        EndValues();
    }

    /// <summary>Encodes and compresses the page that was ended, and keeps it.</summary>
    internal void EncodePage()
    {
        _page.Clear();
        if (Schema.Optional)
        {
            // Levels of a data page V1 have their length in front.
            _header.Clear();
            _takenLevels.WriteTo(_header, bitWidth: 1);
            _page.WriteInt32(_header.Length);
            _page.Write(_header.Written);
        }

        int valuesAt = _page.Length;
        int encoding = Encoding;
        EncodeAs(encoding, valuesAt, _compressed);
        int pageBytes = _page.Length;
        if (EncodingToTry(_compressed.Length) is { } other)
        {
            EncodeAs(other, valuesAt, _tried);
            if (IsOtherBetter(_compressed.Length, _tried.Length))
            {
                (encoding, pageBytes) = (other, _page.Length);
                (_compressed, _tried) = (_tried, _compressed);
            }
        }

        ClearValues();
        WriteDataPageHeader(encoding, pageBytes);
        _pages.Write(_header.Written);
        _pages.Write(_compressed.Written);
        _uncompressedBytes += _header.Length + pageBytes;
        _chunkRows += _takenRows;
        _takenLevels.Clear();
    }

    /// <summary>Writes the chunk, describes it in <paramref name="chunk"/> (a ColumnChunk) and begins the next one.</summary>
    /// <returns>Uncompressed size of the chunk.</returns>
    internal long FinishChunk(CountedOutput output, ThriftWriter chunk)
    {
        long begin = output.Offset;
        long uncompressed = _uncompressedBytes + WriteDictionary(output);
        long firstPage = output.Offset;
        output.Write(_pages.Written);
        chunk.I64(2, 0);
        ThriftWriter metadata = chunk.Struct(3);
        metadata.I32(1, Schema.PhysicalType);
        metadata.I32List(2, firstPage == begin
            ? [.. _encodings, ParquetEncoding.Rle]
            : [ParquetEncoding.Plain, ParquetEncoding.Rle, ParquetEncoding.RleDictionary]);
        metadata.StringList(3, Schema.Name);
        metadata.I32(4, Compressor.Codec);
        metadata.I64(5, _chunkRows);
        metadata.I64(6, uncompressed);
        metadata.I64(7, output.Offset - begin);
        metadata.I64(9, firstPage);
        if (firstPage != begin)
        {
            metadata.I64(11, begin);
        }

        WriteStatistics(ref metadata);
        metadata.End();
        chunk.End();
        Reset();
        return uncompressed;
    }

    /// <summary>Counts rows that have a value; the values themselves are the caller's to add.</summary>
    protected void Count(int rows)
    {
        if (Schema.Optional)
        {
            _levels.Add(1, rows);
        }

        _pageRows += rows;
    }

    protected abstract void AddValues(ulong value, int rows);

    /// <summary>The values so far are those to encode, and others may be added.</summary>
    protected abstract void EndValues();

    /// <summary>Encodes the values of the page that was ended, and takes them into the statistics.</summary>
    protected abstract void EncodeValues(int encoding, ByteBuffer page);

    /// <summary>Forgets the values of the page that was ended.</summary>
    protected abstract void ClearValues();

    /// <summary>Another encoding that may make less of the page, which became so many bytes; null where that is not to be tried.</summary>
    protected virtual int? EncodingToTry(int compressedBytes) => null;

    /// <summary>Whether the other encoding was worth its while, and is <see cref="Encoding"/> from now on.</summary>
    protected virtual bool IsOtherBetter(int compressedBytes, int bytesOfOther) => false;

    /// <summary>Smallest and largest value of the chunk in PLAIN encoding; false when all are null.</summary>
    protected abstract bool TryGetBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max);

    protected virtual long WriteDictionary(CountedOutput output) => 0;

    protected virtual void ResetChunk()
    {
    }

    private void EncodeAs(int encoding, int valuesAt, ByteBuffer compressed)
    {
        _page.CutTo(valuesAt);
        EncodeValues(encoding, _page);
        compressed.Clear();
        _compressor.Compress(_page.Written, valuesAt, encoding, compressed);
    }

    private void WriteDataPageHeader(int encoding, int pageBytes)
    {
        if (!_encodings.Contains(encoding))
        {
            _encodings.Add(encoding);
        }

        _header.Clear();
        ThriftWriter header = new(_header);
        header.I32(1, PageTypeData);
        header.I32(2, pageBytes);
        header.I32(3, _compressed.Length);
        ThriftWriter data = header.Struct(5);
        data.I32(1, _takenRows);
        data.I32(2, encoding);
        data.I32(3, ParquetEncoding.Rle);
        data.I32(4, ParquetEncoding.Rle);
        data.End();
        header.End();
    }

    private void WriteStatistics(ref ThriftWriter metadata)
    {
        ThriftWriter statistics = metadata.Struct(12);
        statistics.I64(3, Nulls);
        if (TryGetBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max))
        {
            statistics.Binary(5, max);
            statistics.Binary(6, min);
            statistics.Bool(7, true);
            statistics.Bool(8, true);
        }

        statistics.End();
    }

    private void Reset()
    {
        _pages.Clear();
        _encodings.Clear();
        _uncompressedBytes = 0;
        _chunkRows = 0;
        Nulls = 0;
        ResetChunk();
    }
}
