using Damon.Trace.Exporters.Recordings;
using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>One column of the row group that is being read.</summary>
internal abstract class InputColumn(string name)
{
    internal string Name { get; } = name;

    /// <summary>Its field in the file; null when the file has no such column.</summary>
    internal NetParquet.Schema.DataField? Field { get; private set; }

    /// <summary>The type it must have.</summary>
    protected abstract Type ValueType { get; }

    /// <exception cref="RecordingFormatException">It has another type.</exception>
    internal void Find(NetParquet.Schema.ParquetSchema schema)
    {
        Field = schema.GetDataFields().FirstOrDefault(field => field.Path.ToString() == Name);
        if (Field is { } field && field.ClrType != ValueType)
        {
            throw new RecordingFormatException($"column {Name}: expected {ValueType.Name}, found {field.ClrType.Name}");
        }
    }

    /// <summary>Reads the column's part of a row group.</summary>
    internal void Load(Stream file, NetParquet.ParquetRowGroupReader group, int rows, CancellationToken cancellation)
    {
        if (!TryConstant(group, rows, out object? value) || !TryTakeConstant(value))
        {
            SizeCheck.RequirePages(file, group.GetMetadata(Field!)?.MetaData);
            Decode(group, rows, cancellation);
        }
    }

    /// <summary>Takes what all rows have; false when it is of no type that can be taken.</summary>
    protected abstract bool TryTakeConstant(object? value);

    /// <summary>Takes the values row by row.</summary>
    protected abstract void Decode(NetParquet.ParquetRowGroupReader group, int rows, CancellationToken cancellation);

    /// <summary>
    /// What most columns of a row group are: one value or none in all rows. The statistics tell, and nothing has to be decoded.
    /// </summary>
    /// <returns>False when the values differ, or nobody knows.</returns>
    private bool TryConstant(NetParquet.ParquetRowGroupReader group, int rows, out object? value)
    {
        NetParquet.Data.DataColumnStatistics? statistics = group.GetStatistics(Field!);
        long? nulls = Field!.IsNullable ? statistics?.NullCount : 0;
        value = statistics?.MinValue;
        if (nulls == rows)
        {
            value = null;
            return true;
        }

        return nulls == 0 && value is not null && AreEqual(value, statistics!.MaxValue);
    }

    /// <summary>Texts may come as memory, which knows only whether it is the same.</summary>
    private static bool AreEqual(object min, object? max) => min is ReadOnlyMemory<char> text
        ? max is ReadOnlyMemory<char> other && text.Span.SequenceEqual(other.Span)
        : min.Equals(max);
}
