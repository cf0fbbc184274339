using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>Draws bytes from ranges, each with the same probability.</summary>
internal sealed class ByteChoice
{
    private readonly AddressRange[] _ranges;

    // Bytes up to the end of each range.
    private readonly ulong[] _ends;

    /// <param name="ranges">Ascending and disjoint, together one byte or more.</param>
    internal ByteChoice(IReadOnlyList<AddressRange> ranges)
    {
        ulong bytes = 0;
        _ranges = [.. ranges.Where(static range => range.End > range.Start)];
        _ends = [.. _ranges.Select(range => bytes += range.Size)];
        ArgumentOutOfRangeException.ThrowIfZero(bytes, nameof(ranges));
    }

    internal ulong NrBytes => _ends[^1];

    /// <summary>The address of a byte.</summary>
    internal ulong Draw(IRandomSource random)
    {
        ulong drawn = (ulong)(((UInt128)random.NextUInt64() * NrBytes) >> 64);
        int at = Array.BinarySearch(_ends, drawn + 1);
        at = at < 0 ? ~at : at;
        ulong before = at == 0 ? 0 : _ends[at - 1];
        return _ranges[at].Start + (drawn - before);
    }

    /// <summary>Whether bytes from an address on touch any range.</summary>
    internal bool Touches(ulong address, ulong bytes)
    {
        foreach (AddressRange range in _ranges)
        {
            if (address < range.End && address + bytes > range.Start)
            {
                return true;
            }
        }

        return false;
    }
}
