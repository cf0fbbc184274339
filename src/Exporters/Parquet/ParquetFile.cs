using System.Buffers.Binary;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// The file around the columns: magic, row groups one after the other, and the footer that makes sense of them. Until the footer is
/// written nothing can be read, so a failed write is answered by cutting the file back to a place where a footer fits.
/// </summary>
internal sealed class ParquetFile
{
    private const int FormatVersion = 2;

    private readonly string _table;
    private readonly CountedOutput _output;
    private readonly IReadOnlyList<ColumnWriter> _columns;
    private readonly List<(byte[] Description, long End, long Rows)> _groups = [];

    internal ParquetFile(string table, CountedOutput output, IReadOnlyList<ColumnWriter> columns)
    {
        _table = table;
        _output = output;
        _columns = columns;
        _output.Write(Magic);
    }

    /// <summary>What a file begins and ends with.</summary>
    internal static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Rows in complete row groups.</summary>
    internal long Rows { get; private set; }

    /// <summary>Writes what the columns hold, <paramref name="rows"/> rows each, as a row group.</summary>
    internal void WriteRowGroup(long rows)
    {
        long begin = _output.Offset;
        ByteBuffer description = new();
        ThriftWriter group = new(description);
        group.StructList(1, _columns.Count);
        long uncompressed = 0;
        foreach (ColumnWriter column in _columns)
        {
            uncompressed += column.FinishChunk(_output, group.ListStruct());
        }

        group.I64(2, uncompressed);
        group.I64(3, rows);
        group.I64(5, begin);
        group.I64(6, _output.Offset - begin);
        group.End();
        _groups.Add((description.Written.ToArray(), _output.Offset, rows));
        Rows += rows;
    }

    internal void WriteFooter(IReadOnlyList<KeyValuePair<string, string>> metadata, string createdBy)
    {
        ByteBuffer footer = BuildFooter(metadata, createdBy);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        footer.Write(length);
        footer.Write(Magic);
        _output.Write(footer.Written);
        _output.Flush();
    }

    /// <summary>
    /// After a failed write: cuts back to the last complete row group and writes the footer. What was cut off makes room for it; should
    /// that not do, the row group before goes too, and so on.
    /// </summary>
    /// <returns>False when not even one row group could be kept readable.</returns>
    internal bool TryRescue(Func<IReadOnlyList<KeyValuePair<string, string>>> metadata, string createdBy)
    {
        while (_output.CanTruncate && _groups.Count > 0)
        {
            try
            {
                _output.TruncateTo(_groups[^1].End);
                WriteFooter(metadata(), createdBy);
                return true;
            }
            catch (IOException)
            {
                Rows -= _groups[^1].Rows;
                _groups.RemoveAt(_groups.Count - 1);
            }
        }

        return false;
    }

    private ByteBuffer BuildFooter(IReadOnlyList<KeyValuePair<string, string>> metadata, string createdBy)
    {
        ByteBuffer buffer = new();
        ThriftWriter file = new(buffer);
        file.I32(1, FormatVersion);
        file.StructList(2, _columns.Count + 1);
        ThriftWriter root = file.ListStruct();
        root.String(4, _table);
        root.I32(5, _columns.Count);
        root.End();
        foreach (ColumnWriter column in _columns)
        {
            column.Schema.WriteTo(file.ListStruct());
        }

        file.I64(3, Rows);
        file.StructList(4, _groups.Count);
        foreach ((byte[] description, _, _) in _groups)
        {
            buffer.Write(description);
        }

        file.StructList(5, metadata.Count);
        foreach ((string key, string value) in metadata)
        {
            ThriftWriter pair = file.ListStruct();
            pair.String(1, key);
            pair.String(2, value);
            pair.End();
        }

        file.String(6, createdBy);
        // TypeDefinedOrder for every column: without it readers must not use the statistics of unsigned columns.
        file.StructList(7, _columns.Count);
        for (int i = 0; i < _columns.Count; i++)
        {
            ThriftWriter order = file.ListStruct();
            order.EmptyStruct(1);
            order.End();
        }

        file.End();
        return buffer;
    }
}
