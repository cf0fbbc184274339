using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>A column of numbers.</summary>
internal sealed class NumberColumn<T>(string name) : InputColumn(name)
    where T : unmanaged
{
    private T[] _values = [];
    private T?[] _maybe = [];
    private T? _constant;
    private Content _content;
    private bool _filled;

    private enum Content
    {
        Constant,
        Values,
        Maybe,
    }

    protected override Type ValueType => typeof(T);

    /// <summary>The value of a row; null when it has none.</summary>
    internal T? this[int row] => _content switch
    {
        Content.Constant => _constant,
        Content.Values => _values[row],
        _ => _maybe[row],
    };

    /// <summary>All values of the row group; only of a column that has one in every row.</summary>
    internal ReadOnlySpan<T> Values(int rows)
    {
        if (!_filled)
        {
            _filled = true;
            Span<T> values = Room(ref _values, rows).Span;
            for (int i = 0; i < rows; i++)
            {
                values[i] = this[i].GetValueOrDefault();
            }
        }

        return _values.AsSpan(0, rows);
    }

    protected override bool TryTakeConstant(object? value)
    {
        if (value is not (null or T))
        {
            return false;
        }

        _content = Content.Constant;
        _filled = false;
        _constant = (T?)value;
        return true;
    }

    protected override void Decode(NetParquet.ParquetRowGroupReader group, int rows, CancellationToken cancellation)
    {
        ValueTask read = Field!.IsNullable
            ? group.ReadAsync(Field, Room(ref _maybe, rows), null, cancellation)
            : group.ReadAsync(Field, Room(ref _values, rows), null, cancellation);
        read.AsTask().GetAwaiter().GetResult();
        _content = Field.IsNullable ? Content.Maybe : Content.Values;
        _filled = _content == Content.Values;
    }

    private static Memory<TItem> Room<TItem>(ref TItem[] items, int rows)
    {
        if (items.Length < rows)
        {
            items = new TItem[rows];
        }

        return items.AsMemory(0, rows);
    }
}
