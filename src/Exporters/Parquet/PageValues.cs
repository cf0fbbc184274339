namespace Damon.Trace.Exporters.Parquet;

/// <summary>The values of one page of a column.</summary>
internal sealed class PageValues(int capacity)
{
    private readonly ulong[] _values = new ulong[capacity];

    // How many of them, from the first, are one value and not written down: most columns are the same on whole pages.
    private int _constant;
    private ulong _value;

    internal int Count { get; private set; }

    /// <summary>The value of all of them; null where they differ, or are none.</summary>
    internal ulong? Constant => Count > 0 && _constant == Count ? _value : null;

    internal ReadOnlySpan<ulong> All
    {
        get
        {
            WriteConstant();
            return _values.AsSpan(0, Count);
        }
    }

    /// <summary>Room for the next values; the caller fills it.</summary>
    internal Span<ulong> Append(int count)
    {
        WriteConstant();
        Span<ulong> room = _values.AsSpan(Count, count);
        Count += count;
        return room;
    }

    internal void AppendRun(ulong value, int count)
    {
        if (Count == 0 || (_constant == Count && value == _value))
        {
            _value = value;
            _constant += count;
        }
        else
        {
            WriteConstant();
            _values.AsSpan(Count, count).Fill(value);
        }

        Count += count;
    }

    internal void Clear()
    {
        Count = 0;
        _constant = 0;
    }

    private void WriteConstant()
    {
        if (_constant > 0)
        {
            _values.AsSpan(0, _constant).Fill(_value);
            _constant = 0;
        }
    }
}
