namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>The file of one table in one partition.</summary>
internal sealed class DataSetFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly ParquetTable _table;

    /// <param name="name">Name of the table.</param>
    /// <param name="stream">Unbuffered; owned from here on.</param>
    /// <param name="columns">The caller appends to them.</param>
    /// <param name="options">Sizes of pages and row groups.</param>
    internal DataSetFile(string name, FileStream stream, ColumnSet columns, ParquetOptions options)
    {
        _stream = stream;
        _table = new ParquetTable(name, stream, columns, options);
    }

    /// <inheritdoc cref="ParquetTable.Room"/>
    internal int Room => _table.Room;

    /// <inheritdoc cref="ParquetTable.Advance"/>
    internal void Advance(int rows) => _table.Advance(rows);

    /// <summary>Writes what is left and the footer, and closes the file.</summary>
    internal void Complete()
    {
        _table.EndRowGroup();
        _table.WriteFooter([new("damon_trace.version", ToolVersion.Text)]);
        _stream.Dispose();
    }

    public void Dispose() => _stream.Dispose();
}
