using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Integers (DELTA_BINARY_PACKED), booleans (one bit each), and as they are: fractions, values that recur, and timestamps, which Parquet.Net
/// and Arrow C++'s .NET binding read in no other encoding.
/// </summary>
internal sealed class ValueColumn(ColumnSchema schema, PageCompressor compressor, int pageRows) : ColumnWriter(schema, compressor)
{
    /// <summary>Differences of addresses take two bytes and a half; where few values recur, more than that is left of each.</summary>
    private const double MostBytesOfRecurring = 2.5;

    /// <summary>After so many pages it is tried again whether values recur.</summary>
    private const int PagesAlike = 11;

    private readonly byte[] _bounds = new byte[2 * sizeof(ulong)];
    private PageValues _values = new(pageRows);
    private PageValues _taken = new(pageRows);
    private int _pagesOfDifferences;
    private bool _any;
    private ulong _min;
    private ulong _max;

    /// <summary>
    /// Differences, or the values as they are: where most recur, <see cref="RecurringValues"/> makes more of these, in less time.
    /// </summary>
    protected override int Encoding =>
        Schema.Kind is ColumnKind.Boolean or ColumnKind.Float || Schema.IsTimestamp || (Schema.Recurs && Compressor.IsZstd && _pagesOfDifferences == 0)
            ? ParquetEncoding.Plain
            : ParquetEncoding.DeltaBinaryPacked;

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

    protected override void EncodeValues(ByteBuffer page)
    {
        if (_taken.AreRuns && Encoding == ParquetEncoding.DeltaBinaryPacked)
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
            Encode(_taken.All, page);
        }
    }

    private void Encode(ReadOnlySpan<ulong> values, ByteBuffer page)
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
        else if (Encoding == ParquetEncoding.Plain)
        {
            page.Write(MemoryMarshal.AsBytes(values));
        }
        else
        {
            DeltaEncoder.Encode(values, Schema.Width == sizeof(uint), page);
        }
    }

    protected override void ClearValues() => _taken.Clear();

    protected override bool IsGood(int compressedBytes)
    {
        if (_pagesOfDifferences > 0)
        {
            _pagesOfDifferences--;
            return true;
        }

        bool good = !Schema.Recurs || Encoding != ParquetEncoding.Plain || Schema.Width != sizeof(ulong)
            || compressedBytes <= MostBytesOfRecurring * _taken.Count;
        _pagesOfDifferences = good ? 0 : PagesAlike;
        return good;
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
