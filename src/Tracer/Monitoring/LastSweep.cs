namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// What the windows that a sweep opened said last about a region's pages of that kind. Sweeps are rarer than aggregations on large targets;
/// until the next one, this is what is known.
/// </summary>
internal struct LastSweep
{
    /// <summary>Valid samples.</summary>
    internal uint Samples;

    /// <summary>Of these, accessed.</summary>
    internal uint Accessed;

    internal void Add(in LastSweep other)
    {
        Samples += other.Samples;
        Accessed += other.Accessed;
    }
}
