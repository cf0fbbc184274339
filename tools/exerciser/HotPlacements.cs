namespace Damon.Trace.Exerciser;

/// <summary>
/// Where the hot range is at a given time: first at the beginning of the mapping, then, one shift after the other, at each whole slice
/// of its size in the cold part, then at the beginning again.
/// </summary>
internal sealed class HotPlacements
{
    private readonly MemoryRange _hot;
    private readonly ulong _coldStart;
    private readonly long _shiftNs;
    private readonly int _nrPlaces;

    internal HotPlacements(MemoryRange hot, MemoryRange cold, long shiftNs)
    {
        _hot = hot;
        _coldStart = cold.Start;
        _shiftNs = shiftNs;
        _nrPlaces = shiftNs == 0 || hot.Size == 0 ? 1 : 1 + (int)(cold.Size / hot.Size);
    }

    /// <summary>The number of the shift that is in force; it changes when the hot range moves.</summary>
    internal long NumberAt(long elapsedNs) => _shiftNs == 0 ? 0 : elapsedNs / _shiftNs;

    internal MemoryRange Get(long number)
    {
        int place = (int)(number % _nrPlaces);
        ulong start = place == 0 ? _hot.Start : _coldStart + ((ulong)(place - 1) * _hot.Size);
        return _hot with { Start = start, End = start + _hot.Size };
    }
}
