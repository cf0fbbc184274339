namespace Damon.Trace.Exporters.PerfScript;

/// <summary>What a text says is missing from it.</summary>
internal sealed class TextLosses
{
    private long _lost;
    private long _chunks;
    private long _overwritten;

    /// <summary>Events known to be lost. Of a lost chunk one: there was at least one in it.</summary>
    internal long Events => _lost + _chunks + _overwritten;

    internal void Add(PerfScriptLineKind kind, long count)
    {
        switch (kind)
        {
            case PerfScriptLineKind.LostChunks:
                _chunks += count;
                break;
            case PerfScriptLineKind.Overwritten:
                // Counted since tracing began, so of several heads in one text the last has all.
                _overwritten = Math.Max(_overwritten, count);
                break;
            default:
                _lost += count;
                break;
        }
    }

    internal IEnumerable<string> Notes()
    {
        if (_chunks > 0)
        {
            yield return $"perf lost {_chunks} chunks of events: how many events were in them is not known, each counts as one here";
        }

        if (_overwritten > 0)
        {
            yield return $"{_overwritten} events of all kinds were overwritten in the trace buffer before it was read";
        }
    }
}
