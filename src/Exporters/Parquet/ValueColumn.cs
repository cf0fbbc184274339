using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Integers (DELTA_BINARY_PACKED), booleans (one bit each), and as they are: fractions, and timestamps, which Parquet.Net and Arrow C++'s
/// .NET binding read in no other encoding.
/// </summary>
internal sealed class ValueColumn(ColumnSchema schema, PageCompressor compressor, int pageRows) : ColumnWriter(schema, compressor)
{
    private readonly byte[] _bounds = new byte[2 * sizeof(ulong)];
    private PageValues _values = new(pageRows);
    private PageValues _taken = new(pageRows);
    private bool _any;
    private ulong _min;
    private ulong _max;

    protected override int Encoding =>
        Schema.Kind is ColumnKind.Boolean or ColumnKind.Float || Schema.IsTimestamp ? ParquetEncoding.Plain : ParquetEncoding.DeltaBinaryPacked;

    /// <summary>Room for the values of the next rows, none of them null; the caller fills it.</summary>
    internal Span<ulong> Append(int rows)
    {
        Count(rows);
        return _values.Append(rows);
    }

    /// <summary>The same value, or none, for so many rows.</summary>
    internal void AppendRunOrNulls(ulong? value, int rows)
    {
        if (value is { } known)
        {
            AppendRun(known, rows);
        }
        else
        {
            AppendNulls(rows);
        }
    }

    protected override void AddValues(ulong value, int rows) => _values.AppendRun(value, rows);

    protected override void EndValues() => (_values, _taken) = (_taken, _values);

    protected override void EncodeValues(ByteBuffer page)
    {
        if (_taken.Constant is { } value && Encoding == ParquetEncoding.DeltaBinaryPacked)
        {
            UpdateBounds([value]);
            DeltaEncoder.EncodeConstant(value, _taken.Count, Schema.Width == sizeof(uint), page);
        }
        else
        {
            Encode(_taken.All, page);
        }

        _taken.Clear();
    }

    private void Encode(ReadOnlySpan<ulong> values, ByteBuffer page)
    {
        UpdateBounds(values);
        if (Schema.Kind == ColumnKind.Boolean)
        {
            EncodeBits(values, page);
        }
        else if (Schema.IsTimestamp)
        {
            page.Write(MemoryMarshal.AsBytes(values));
        }
        else if (Schema.Kind == ColumnKind.Float)
        {
            EncodeHalves(values, page);
        }
        else
        {
            DeltaEncoder.Encode(values, Schema.Width == sizeof(uint), page);
        }
    }

    protected override bool TryGetBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max)
    {
        MemoryMarshal.Write(_bounds, _min);
        MemoryMarshal.Write(_bounds.AsSpan(sizeof(ulong)), _max);
        min = _bounds.AsSpan(0, Schema.Width);
        max = _bounds.AsSpan(sizeof(ulong), Schema.Width);
        return _any;
    }

    protected override void ResetChunk() => _any = false;

    /// <summary>Unsigned columns are ordered as unsigned, which is what TypeDefinedOrder means for them.</summary>
    private void UpdateBounds(ReadOnlySpan<ulong> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        if (Schema.Kind == ColumnKind.Float)
        {
            UpdateFloatBounds(values);
            return;
        }

        // Unsigned numbers are ordered as signed ones are once their highest bits are turned; that the processor compares many at once.
        ulong sign = Schema.IsUnsigned ? 1UL << 63 : 0;
        (long min, long max) = Bounds.Of(values, sign);
        _min = _any ? (ulong)Math.Min(min, (long)(_min ^ sign)) ^ sign : (ulong)min ^ sign;
        _max = _any ? (ulong)Math.Max(max, (long)(_max ^ sign)) ^ sign : (ulong)max ^ sign;
        _any = true;
    }

    /// <summary>
    /// A zero may be either zero, so as a smallest value it is the negative one, and what is no number has no place in an order.
    /// </summary>
    private void UpdateFloatBounds(ReadOnlySpan<ulong> values)
    {
        float min = _any ? BitConverter.UInt32BitsToSingle((uint)_min) : float.PositiveInfinity;
        float max = _any ? BitConverter.UInt32BitsToSingle((uint)_max) : float.NegativeInfinity;
        foreach (ulong value in values)
        {
            // Comparing with what is no number is false.
            float number = BitConverter.UInt32BitsToSingle((uint)value);
            min = number < min ? number : min;
            max = number > max ? number : max;
        }

        _any = min <= max;
        _min = BitConverter.SingleToUInt32Bits(min == 0 ? -0f : min);
        _max = BitConverter.SingleToUInt32Bits(max == 0 ? 0f : max);
    }

    private static void EncodeHalves(ReadOnlySpan<ulong> values, ByteBuffer page)
    {
        int bytes = values.Length * sizeof(uint);
        Span<uint> room = MemoryMarshal.Cast<byte, uint>(page.Reserve(bytes)[..bytes]);
        for (int i = 0; i < values.Length; i++)
        {
            room[i] = (uint)values[i];
        }

        page.Advance(bytes);
    }

    private static void EncodeBits(ReadOnlySpan<ulong> values, ByteBuffer page)
    {
        int bytes = (values.Length + 7) / 8;
        Span<byte> room = page.Reserve(bytes)[..bytes];
        room.Clear();
        for (int i = 0; i < values.Length; i++)
        {
            room[i >> 3] |= (byte)(values[i] << (i & 7));
        }

        page.Advance(bytes);
    }
}
