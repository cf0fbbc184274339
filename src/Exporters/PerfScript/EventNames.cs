namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Numbers for the names of events in a text, from 1 in the order they come; 0 is the number of lines without a name.</summary>
internal sealed class EventNames
{
    /// <summary>A text has one or two; more than this is an input that wants memory.</summary>
    private const int Max = 64;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _names = [];
    private int _last;

    /// <summary>One comparison while the name stays the same; allocates for a new name only. For any thread.</summary>
    internal int NumberOf(ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            return Find(name);
        }
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        if (_last < _names.Count && name.SequenceEqual(_names[_last]))
        {
            return _last + 1;
        }

        for (int i = 0; i < _names.Count; i++)
        {
            if (name.SequenceEqual(_names[i]))
            {
                _last = i;
                return i + 1;
            }
        }

        if (_names.Count == Max)
        {
            return Max + 1;
        }

        _last = _names.Count;
        _names.Add(name.ToArray());
        return _last + 1;
    }
}
