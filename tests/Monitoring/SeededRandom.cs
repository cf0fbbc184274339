namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>SplitMix64: small, seeded, good enough for sampling.</summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [low, high].</summary>
    public ulong Next(ulong low, ulong high) => low + (NextUInt64() % (high - low + 1));
}
