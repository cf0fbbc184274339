using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Integers (DELTA_BINARY_PACKED), booleans (one bit each), and as they are: fractions, values that recur, and timestamps, which Parquet.Net
/// and Arrow C++'s .NET binding read in no other encoding.
/// </summary>
internal sealed class ValueColumn(ColumnSchema schema, PageCompressor compressor, int pageRows) : ColumnWriter(schema, compressor)
{
    private readonly byte[] _bounds = new byte[2 * sizeof(ulong)];

    // Null where there is none: fractions have one encoding, and without zstd values that recur take no less.
    private readonly EncodingChoice? _choice = schema.Recurs && schema.Width == sizeof(ulong) && compressor.IsZstd ? new EncodingChoice() : null;
    private PageValues _values = new(pageRows);
    private PageValues _taken = new(pageRows);
    private bool _any;
    private ulong _min;
    private ulong _max;

    protected override int Encoding =>
        Schema.Kind is ColumnKind.Boolean or ColumnKind.Float || Schema.IsTimestamp
            ? ParquetEncoding.Plain
            : _choice?.Encoding ?? ParquetEncoding.DeltaBinaryPacked;

    /// <summary>Room for the values of the next rows, none of them null; the caller fills it.</summary>
    internal Span<ulong> Append(int rows)
    {
        Count(rows);
        return _values.Append(rows);
    }

    /// <summary>Counts so many rows: the first one has a value, each further one the next larger.</summary>
    internal void AppendNumbers(ulong first, int rows)
    {
        Count(rows);
        _values.AppendRun(first, rows, step: 1);
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

    protected override void EncodeValues(int encoding, ByteBuffer page)
    {
        if (_taken.AreRuns && encoding == ParquetEncoding.DeltaBinaryPacked)
        {
            UpdateBounds(_taken.Runs);
            DeltaEncoder.EncodeRuns(_taken.Runs, _taken.Count, Schema.Width == sizeof(uint), page);
        }
        else if (_taken.AreRuns && Schema.Kind == ColumnKind.Boolean)
        {
            UpdateBounds(_taken.Runs);
            PlainEncoder.EncodeBits(_taken.Runs, _taken.Count, page);
        }
        else
        {
            Encode(_taken.All, encoding, page);
        }
    }

    private void Encode(ReadOnlySpan<ulong> values, int encoding, ByteBuffer page)
    {
        if (Schema.Kind == ColumnKind.Float)
        {
            (float min, float max) = PlainEncoder.EncodeFloats(values, page);
            UpdateFloatBounds(min, max);
            return;
        }

        UpdateBounds(values);
        if (Schema.Kind == ColumnKind.Boolean)
        {
            PlainEncoder.EncodeBits(values, page);
        }
        else if (encoding == ParquetEncoding.Plain)
        {
            page.Write(MemoryMarshal.AsBytes(values));
        }
        else
        {
            DeltaEncoder.Encode(values, Schema.Width == sizeof(uint), page);
        }
    }

    protected override void ClearValues() => _taken.Clear();

    protected override int? EncodingToTry(int compressedBytes) => _choice?.ToTry(compressedBytes, _taken.Count);

    protected override bool IsOtherBetter(int compressedBytes, int bytesOfOther) =>
        _choice!.Choose(compressedBytes, bytesOfOther, _taken.Count);

    protected override bool TryGetBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max)
    {
        MemoryMarshal.Write(_bounds, _min);
        MemoryMarshal.Write(_bounds.AsSpan(sizeof(ulong)), _max);
        min = _bounds.AsSpan(0, Schema.Width);
        max = _bounds.AsSpan(sizeof(ulong), Schema.Width);
        return _any;
    }

    protected override void ResetChunk() => _any = false;

    private void UpdateBounds(ReadOnlySpan<ValueRun> runs)
    {
        foreach (ValueRun run in runs)
        {
            UpdateBounds([run.First, run.Last]);
        }
    }

    /// <summary>Unsigned columns are ordered as unsigned, which is what TypeDefinedOrder means for them.</summary>
    private void UpdateBounds(ReadOnlySpan<ulong> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        // Unsigned numbers are ordered as signed ones are once their highest bits are turned; that the processor compares many at once.
        ulong sign = Schema.IsUnsigned ? 1UL << 63 : 0;
        (long min, long max) = Bounds.Of(values, sign);
        _min = _any ? (ulong)Math.Min(min, (long)(_min ^ sign)) ^ sign : (ulong)min ^ sign;
        _max = _any ? (ulong)Math.Max(max, (long)(_max ^ sign)) ^ sign : (ulong)max ^ sign;
        _any = true;
    }

    /// <summary>A zero may be either zero, so as a smallest value it is the negative one.</summary>
    private void UpdateFloatBounds(float min, float max)
    {
        if (_any)
        {
            min = Math.Min(min, BitConverter.UInt32BitsToSingle((uint)_min));
            max = Math.Max(max, BitConverter.UInt32BitsToSingle((uint)_max));
        }

        _any = min <= max;
        _min = BitConverter.SingleToUInt32Bits(min == 0 ? -0f : min);
        _max = BitConverter.SingleToUInt32Bits(max == 0 ? 0f : max);
    }
}
