using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): one addition and three mixing steps a number; a seed replays a run. Not for secrets.</summary>
public sealed class SeededRandom : IRandomSource
{
    private ulong _state;

    public SeededRandom(ulong seed)
    {
        _state = seed;
    }

    /// <inheritdoc/>
    public ulong NextUInt64()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
