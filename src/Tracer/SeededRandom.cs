using System.Numerics;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer;

/// <summary>
/// xoshiro256** by Blackman and Vigna (public domain, prng.di.unimi.it), its state filled by SplitMix64 as they advise. A seed replays a
/// run; unlike System.Random the sequence is the same in every version of .NET.
/// </summary>
public sealed class SeededRandom : IRandomSource
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>A sequence that the seed determines.</summary>
    public SeededRandom(ulong seed)
    {
        Seed = seed;
        _s0 = SplitMix64(ref seed);
        _s1 = SplitMix64(ref seed);
        _s2 = SplitMix64(ref seed);
        _s3 = SplitMix64(ref seed);
    }

    /// <summary>What the sequence was made of; print it, so that a run can be repeated.</summary>
    public ulong Seed { get; }

    /// <inheritdoc/>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    internal static ulong SplitMix64(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        ulong mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
