using System.Collections.ObjectModel;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>The columns of one table in the order of the file. Every column gets a value, or a null, for every row.</summary>
internal sealed class ColumnSet(PageCompressor compressor, int pageRows)
{
    private readonly List<ColumnWriter> _all = [];

    internal ReadOnlyCollection<ColumnWriter> All => _all.AsReadOnly();

    internal ValueColumn Add(string name, ColumnKind kind, bool optional = false)
    {
        ValueColumn column = new(new ColumnSchema(name, kind, optional), compressor, pageRows);
        _all.Add(column);
        return column;
    }

    internal DictionaryColumn AddText(string name, bool optional = false)
    {
        DictionaryColumn column = new(new ColumnSchema(name, ColumnKind.String, optional), compressor);
        _all.Add(column);
        return column;
    }
}
