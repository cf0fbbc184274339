namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// What the latest sweep said about a region's pages of that kind: which of the followed ones were accessed within the 100 ms after it. Sweeps are
/// rarer than aggregations; until the next one, this is what is known.
/// </summary>
internal struct LastSweep
{
    /// <summary>Followed pages of the kind.</summary>
    internal double Samples;

    /// <summary>Of these, accessed.</summary>
    internal double Accessed;

    internal void Add(in LastSweep other)
    {
        Samples += other.Samples;
        Accessed += other.Accessed;
    }

    /// <summary>
    /// What a part of the region has of it. Parts that are merged again have as much as before: copies would double with every split and
    /// merge, and pretend a certainty that nobody sampled.
    /// </summary>
    internal readonly LastSweep Part(ulong size, ulong whole)
    {
        double share = (double)size / whole;
        return new LastSweep { Samples = Samples * share, Accessed = Accessed * share };
    }
}
