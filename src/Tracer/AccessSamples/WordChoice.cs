using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>Draws words of 8 bytes from ranges, each with the same probability.</summary>
internal sealed class WordChoice
{
    internal const int WordBytes = 8;

    private readonly AddressRange[] _ranges;

    // Words up to the end of each range.
    private readonly ulong[] _ends;

    /// <param name="ranges">Ascending and disjoint, together one word or more.</param>
    internal WordChoice(IReadOnlyList<AddressRange> ranges)
    {
        ulong words = 0;
        _ranges = [.. ranges.Select(static range => new AddressRange(
            (range.Start + WordBytes - 1) / WordBytes * WordBytes, range.End / WordBytes * WordBytes)).Where(static range => range.End > range.Start)];
        _ends = [.. _ranges.Select(range => words += (range.End - range.Start) / WordBytes)];
        ArgumentOutOfRangeException.ThrowIfZero(words, nameof(ranges));
    }

    internal ulong NrWords => _ends[^1];

    /// <summary>The address of a word.</summary>
    internal ulong Draw(IRandomSource random)
    {
        ulong word = (ulong)(((UInt128)random.NextUInt64() * NrWords) >> 64);
        int at = Array.BinarySearch(_ends, word + 1);
        at = at < 0 ? ~at : at;
        ulong before = at == 0 ? 0 : _ends[at - 1];
        return _ranges[at].Start + ((word - before) * WordBytes);
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
