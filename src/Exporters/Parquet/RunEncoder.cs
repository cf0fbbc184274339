namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// The repeated-value runs of Parquet's RLE/bit-packing hybrid, for values below 2^8 per byte of width: definition levels and dictionary
/// indices, which in our tables stay the same for thousands of rows.
/// </summary>
internal sealed class RunEncoder
{
    private readonly List<(uint Value, int Count)> _runs = [];

    internal void Clear() => _runs.Clear();

    internal void Add(uint value, int count)
    {
        if (count == 0)
        {
            return;
        }

        if (_runs.Count > 0 && _runs[^1].Value == value)
        {
            _runs[^1] = (value, _runs[^1].Count + count);
            return;
        }

        _runs.Add((value, count));
    }

    internal void WriteTo(ByteBuffer output, int bitWidth)
    {
        foreach ((uint value, int count) in _runs)
        {
            output.WriteVarint((ulong)count << 1);
            for (int shift = 0; shift < bitWidth; shift += 8)
            {
                output.Write((byte)(value >> shift));
            }
        }
    }
}
