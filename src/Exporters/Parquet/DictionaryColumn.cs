using System.Numerics;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>Strings: every distinct one once per row group, and runs of their indices.</summary>
internal sealed class DictionaryColumn(ColumnSchema schema, PageCompressor compressor) : ColumnWriter(schema, compressor)
{
    private const int PageTypeDictionary = 2;

    private readonly Dictionary<string, uint> _indices = new(StringComparer.Ordinal);
    private readonly List<byte[]> _entries = [];
    private readonly ByteBuffer _plain = new();
    private readonly ByteBuffer _compressed = new();
    private readonly ByteBuffer _header = new();
    private RunEncoder _runs = new();
    private RunEncoder _takenRuns = new();
    private int _takenEntries;

    protected override int Encoding => ParquetEncoding.RleDictionary;

    internal void AppendRun(string value, int rows)
    {
        if (!_indices.TryGetValue(value, out uint index))
        {
            index = (uint)_entries.Count;
            _entries.Add(System.Text.Encoding.UTF8.GetBytes(value));
            _indices.Add(value, index);
        }

        AppendRun(index, rows);
    }

    protected override void AddValues(ulong value, int rows) => _runs.Add((uint)value, rows);

    protected override void EndValues()
    {
        (_runs, _takenRuns) = (_takenRuns, _runs);
        _takenEntries = _entries.Count;
    }

    protected override void EncodeValues(int encoding, ByteBuffer page)
    {
        int bitWidth = Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, _takenEntries - 1)));
        page.Write((byte)bitWidth);
        _takenRuns.WriteTo(page, bitWidth);
    }

    protected override void ClearValues() => _takenRuns.Clear();

    protected override long WriteDictionary(CountedOutput output)
    {
        _plain.Clear();
        foreach (byte[] entry in _entries)
        {
            _plain.WriteInt32(entry.Length);
            _plain.Write(entry);
        }

        _compressed.Clear();
        Compressor.Compress(_plain.Written, _compressed);
        _header.Clear();
        ThriftWriter header = new(_header);
        header.I32(1, PageTypeDictionary);
        header.I32(2, _plain.Length);
        header.I32(3, _compressed.Length);
        ThriftWriter dictionary = header.Struct(7);
        dictionary.I32(1, _entries.Count);
        dictionary.I32(2, ParquetEncoding.Plain);
        dictionary.End();
        header.End();
        output.Write(_header.Written);
        output.Write(_compressed.Written);
        return _header.Length + _plain.Length;
    }

    protected override bool TryGetBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max)
    {
        byte[]? smallest = null;
        byte[]? largest = null;
        foreach (byte[] entry in _entries)
        {
            smallest = smallest is null || smallest.AsSpan().SequenceCompareTo(entry) > 0 ? entry : smallest;
            largest = largest is null || largest.AsSpan().SequenceCompareTo(entry) < 0 ? entry : largest;
        }

        min = smallest;
        max = largest;
        return smallest is not null;
    }

    protected override void ResetChunk()
    {
        _indices.Clear();
        _entries.Clear();
    }
}
