using System.Collections.ObjectModel;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>The columns of one table in the order of the file. Every column gets a value, or a null, for every row.</summary>
internal sealed class ColumnSet(PageCompressor compressor, ParquetOptions options)
{
    private readonly List<ColumnWriter> _all = [];

    internal ReadOnlyCollection<ColumnWriter> All => _all.AsReadOnly();

    internal ValueColumn Add(string name, ColumnKind kind, bool optional = false, bool recurs = false)
    {
        ValueColumn column = new(new ColumnSchema(name, kind, optional, recurs), compressor, options.PageRows);
        _all.Add(column);
        return column;
    }

    /// <summary>Nanoseconds that a timestamp counts in one.</summary>
    internal long NsPerUnit => options.MicrosecondTimestamps ? 1000 : 1;

    /// <summary>A moment, null where the source has no wall clock; in units of <see cref="NsPerUnit"/>.</summary>
    internal ValueColumn AddTimestamp(string name) =>
        Add(name, options.MicrosecondTimestamps ? ColumnKind.TimestampMicros : ColumnKind.Timestamp, optional: true);

    internal DictionaryColumn AddText(string name, bool optional = false)
    {
        DictionaryColumn column = new(new ColumnSchema(name, ColumnKind.String, optional), compressor);
        _all.Add(column);
        return column;
    }
}
