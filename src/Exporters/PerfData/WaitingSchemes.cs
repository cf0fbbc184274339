using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Events of schemes that wait for their turn in time: they are larger than what the sorter keeps of a record, and rare, so they wait
/// beside it in places that are used again. At most as many as the sorter holds.
/// </summary>
internal sealed class WaitingSchemes
{
    private readonly List<SchemeEvent> _events = [];
    private readonly Stack<int> _free = new();

    /// <summary>Returns the place, to be given to <see cref="Take"/>.</summary>
    internal int Put(in SchemeEvent scheme)
    {
        if (_free.TryPop(out int place))
        {
            _events[place] = scheme;
            return place;
        }

        _events.Add(scheme);
        return _events.Count - 1;
    }

    internal SchemeEvent Take(int place)
    {
        _free.Push(place);
        return _events[place];
    }
}
