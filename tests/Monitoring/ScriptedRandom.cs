namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Hands out prepared draws, in order; fails when it is asked for more.</summary>
internal sealed class ScriptedRandom(params ulong[] draws) : IRandomSource
{
    private int _next;

    public int NrDrawn => _next;

    public ulong NextUInt64() => draws[_next++];

    /// <summary>Draws that make split points at the given tenths (1..9).</summary>
    public static ScriptedRandom Tenths(params int[] tenths) => new([.. tenths.Select(t => Fraction(t - 1, 9))]);

    /// <summary>The smallest draw whose value below <paramref name="bound"/> is <paramref name="value"/>: ceil(value * 2^64 / bound).</summary>
    public static ulong Fraction(int value, int bound) =>
        (ulong)((((UInt128)(uint)value << 64) + (uint)bound - 1) / (uint)bound);
}
