namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// What the latest sweep said about a region's pages of that kind: which of the followed ones were accessed within the 100 ms after it. Sweeps are
/// rarer than aggregations; until the next one, this is what is known.
/// </summary>
internal struct LastSweep
{
    /// <summary>Followed pages of the kind.</summary>
    internal uint Samples;

    /// <summary>Of these, accessed.</summary>
    internal uint Accessed;

    internal void Add(in LastSweep other)
    {
        Samples += other.Samples;
        Accessed += other.Accessed;
    }
}
