namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// One table in one file: ends pages and row groups where they are full. Memory is bounded by one row group and by the footer, whose size
/// goes with columns and row groups.
/// </summary>
internal sealed class ParquetTable
{
    private readonly ParquetOptions _options;
    private readonly PageEncoders _encoders;
    private readonly ParquetFile _file;
    private readonly CountedOutput _output;
    private int _pageRows;
    private int _groupRows;

    /// <param name="name">Name of the schema's root.</param>
    /// <param name="output">Only written to; stays the caller's.</param>
    /// <param name="columns">The caller appends to them.</param>
    /// <param name="options">Sizes of pages and row groups; the columns must have room for a page.</param>
    internal ParquetTable(string name, Stream output, ColumnSet columns, ParquetOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.PageRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupRows, options.PageRows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Threads);
        _options = options;
        _encoders = new PageEncoders(columns.All, options.Threads - 1);
        _output = new CountedOutput(output);
        _file = new ParquetFile(name, _output, columns.All);
    }

    /// <summary>What stands between the row groups; null where there is nothing to say beside rows.</summary>
    internal AnnexWriter? Annex { get; init; }

    /// <summary>Rows in complete row groups.</summary>
    internal long RowsWritten => _file.Rows;

    /// <summary>How many rows may be appended before <see cref="Advance"/> must be called; never 0.</summary>
    internal int Room => Math.Min(_options.PageRows - _pageRows, _options.RowGroupRows - _groupRows);

    /// <summary>So many rows, at most <see cref="Room"/>, were appended to every column.</summary>
    /// <exception cref="IOException">A row group was complete and could not be written.</exception>
    internal void Advance(int rows)
    {
        _pageRows += rows;
        _groupRows += rows;
        if (_groupRows == _options.RowGroupRows)
        {
            EndRowGroup();
        }
        else if (_pageRows == _options.PageRows)
        {
            EndPage();
        }
    }

    /// <summary>Writes what is left.</summary>
    internal void EndRowGroup()
    {
        if (_groupRows == 0)
        {
            return;
        }

        EndPage();
        _encoders.Finish();
        FlushAnnex();
        _file.WriteRowGroup(_groupRows);
        _groupRows = 0;
    }

    /// <summary>Writes what the annex has so far.</summary>
    internal void FlushAnnex() => Annex?.Flush(_output);

    /// <summary>Where the annex is in what was written and has stayed; goes into the metadata.</summary>
    internal KeyValuePair<string, string> AnnexChunks() => new(AnnexWriter.MetadataKey, Annex!.Chunks(_output.Offset));

    /// <summary>Makes the file readable; nothing may follow.</summary>
    internal void WriteFooter(IReadOnlyList<KeyValuePair<string, string>> metadata) => _file.WriteFooter(metadata, ToolVersion.CreatedBy);

    /// <inheritdoc cref="ParquetFile.TryRescue"/>
    internal bool TryRescue(Func<IReadOnlyList<KeyValuePair<string, string>>> metadata) =>
        _file.TryRescue(metadata, ToolVersion.CreatedBy);

    /// <summary>Where there are threads for it, the page is encoded while the next one fills.</summary>
    private void EndPage()
    {
        _encoders.Finish();
        if (_pageRows > 0)
        {
            _encoders.Begin();
            _pageRows = 0;
        }
    }
}
