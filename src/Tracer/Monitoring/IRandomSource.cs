namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Where the algorithm gets its randomness from; injected, so that a seed replays a run.</summary>
public interface IRandomSource
{
    /// <summary>A uniformly distributed 64-bit number.</summary>
    ulong NextUInt64();
}
