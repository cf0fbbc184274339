using System.Globalization;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>The file of one table in one partition.</summary>
internal sealed class DataSetFile : IDisposable
{
    /// <summary>Which of the recording's files it is, from 0.</summary>
    internal const string PartKey = "damon_trace.part";

    private readonly FileStream _stream;
    private readonly ParquetTable _table;
    private readonly int? _part;

    /// <param name="name">Name of the table.</param>
    /// <param name="stream">Unbuffered; owned from here on.</param>
    /// <param name="columns">The caller appends to them.</param>
    /// <param name="options">Sizes of pages and row groups.</param>
    /// <param name="annex">What the rows of the file do not say, and which of the recording's files it is; null for a table that has
    /// none.</param>
    internal DataSetFile(string name, FileStream stream, ColumnSet columns, ParquetOptions options, (AnnexWriter Writer, int Part)? annex = null)
    {
        _stream = stream;
        _part = annex?.Part;
        _table = new ParquetTable(name, stream, columns, options) { Annex = annex?.Writer };
    }

    /// <inheritdoc cref="ParquetTable.Room"/>
    internal int Room => _table.Room;

    /// <inheritdoc cref="ParquetTable.Advance"/>
    internal void Advance(int rows) => _table.Advance(rows);

    /// <inheritdoc cref="ParquetTable.FlushAnnex"/>
    internal void FlushAnnex() => _table.FlushAnnex();

    /// <summary>Writes what is left and the footer, and closes the file.</summary>
    internal void Complete()
    {
        _table.EndRowGroup();
        _table.FlushAnnex();
        List<KeyValuePair<string, string>> metadata = [new("damon_trace.version", ToolVersion.Text)];
        if (_part is { } part)
        {
            metadata.Add(new(PartKey, part.ToString(CultureInfo.InvariantCulture)));
            metadata.Add(_table.AnnexChunks());
        }

        _table.WriteFooter(metadata);
        _stream.Dispose();
    }

    public void Dispose() => _stream.Dispose();
}
