using Damon.Trace.Exporters.Compression;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Records in COMPRESSED records (<c>perf record -z</c>): all of them are one zstd stream, and a record may begin in one and end in the
/// next.
/// </summary>
internal sealed class CompressedRecords : IDisposable
{
    /// <summary>Room for the begin of a record, which is shorter than 64 KiB, and much more.</summary>
    private const int Bytes = 1 << 20;

    private readonly ZstdDecoder _zstd = new();
    private readonly byte[] _expanded = new byte[Bytes];
    private int _kept;

    /// <summary>Takes whole records from bytes and tells how many bytes that were.</summary>
    internal delegate int TakeRecords(ReadOnlySpan<byte> bytes);

    /// <summary>Expands one COMPRESSED record; returns what is wrong with it, or null.</summary>
    internal string? Expand(ReadOnlySpan<byte> compressed, long maxBytes, TakeRecords take, Func<bool> stopped)
    {
        long expanded = 0;
        while (true)
        {
            if (!_zstd.TryDecode(compressed, false, _expanded.AsSpan(_kept), out int consumed, out int produced))
            {
                return $"the compressed data is damaged ({_zstd.Error})";
            }

            compressed = compressed[consumed..];
            expanded += produced;
            if (expanded > maxBytes)
            {
                return $"a compressed record holds more than {maxBytes} bytes";
            }

            bool full = _kept + produced == Bytes;
            int taken = take(_expanded.AsSpan(0, _kept + produced));
            int rest = _kept + produced - taken;
            _expanded.AsSpan(taken, rest).CopyTo(_expanded);
            _kept = rest;
            if (stopped() || (compressed.IsEmpty && !full))
            {
                return null;
            }

            if (consumed == 0 && produced == 0)
            {
                return "zstd makes no progress";
            }
        }
    }

    public void Dispose() => _zstd.Dispose();
}
