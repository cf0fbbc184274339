namespace Damon.Trace.Cli.Live;

/// <summary>One region of a snapshot as the view keeps it.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Share">Share of the samples that found it accessed, 0 to 1.</param>
/// <param name="Known">Share of its memory about which samples say something, 0 to 1; 1 where the recorder does not tell.</param>
/// <param name="Age">Aggregation intervals for which its access frequency has stayed about the same.</param>
internal readonly record struct LiveRegion(ulong Start, ulong End, float Share, float Known, uint Age)
{
    /// <summary>With less it is unknown.</summary>
    internal const float LeastKnown = 0.5f;

    internal ulong Size => End - Start;
}
