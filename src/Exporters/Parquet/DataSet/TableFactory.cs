namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Makes the files of one partition's tables and keeps them until they are complete.</summary>
internal sealed class TableFactory(
    StagingFolder folder, string partition, string fileName, PageCompressor compressor, ParquetOptions options) : IDisposable
{
    private readonly List<DataSetFile> _files = [];

    internal ColumnSet Columns() => new(compressor, options);

    /// <summary>Creates the file of a table with these columns.</summary>
    /// <inheritdoc cref="DataSetFile(string, FileStream, ColumnSet, ParquetOptions, ValueTuple{AnnexWriter, int}?)"/>
    internal DataSetFile Create(string table, ColumnSet columns, (AnnexWriter Writer, int Part)? annex = null)
    {
        DataSetFile file = new(table, folder.Create(table, partition, fileName), columns, options, annex);
        _files.Add(file);
        return file;
    }

    internal void Complete()
    {
        foreach (DataSetFile file in _files)
        {
            file.Complete();
        }

        _files.Clear();
    }

    public void Dispose()
    {
        foreach (DataSetFile file in _files)
        {
            file.Dispose();
        }
    }
}
