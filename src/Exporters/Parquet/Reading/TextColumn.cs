using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>A column of texts.</summary>
internal sealed class TextColumn(string name) : InputColumn(name)
{
    private string?[] _values = [];
    private string? _constant;
    private bool _isConstant;

    protected override Type ValueType => typeof(ReadOnlyMemory<char>);

    /// <summary>The text of a row; equal ones in a row are one instance, so that comparing them stays a comparison of references.</summary>
    internal string this[int row]
    {
        get
        {
            string text = (_isConstant ? _constant : _values[row]) ?? "";
            return Last = text == Last ? Last : text;
        }
    }

    private string Last { get; set; } = "";

    protected override bool TryTakeConstant(object? value)
    {
        _isConstant = true;
        _constant = value?.ToString();
        return true;
    }

    protected override void Decode(NetParquet.ParquetRowGroupReader group, int rows, CancellationToken cancellation)
    {
        _isConstant = false;
        if (_values.Length < rows)
        {
            _values = new string?[rows];
        }

        group.ReadAsync(Field!, _values.AsMemory(0, rows), null, cancellation).AsTask().GetAwaiter().GetResult();
    }
}
