namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// How far apart regions updates are: where the memory of a target lies is read page by page, milliseconds per gigabyte, so a large target is
/// asked as rarely as a share of CPU allows. Memory that comes or goes meanwhile asks for an update of its own (<see cref="GrowthWatch"/>).
/// Pure arithmetic.
/// </summary>
internal sealed class UpdatePeriod(double share)
{
    // A change of less than a fifth is noise.
    private const double SmallestChange = 1.2;
    private const double Smoothing = 0.3;
    private const ulong LongestUs = 60_000_000;

    private double _costNs;
    private double _periodUs;

    /// <summary>An update was made.</summary>
    /// <param name="cpuNs">What it cost.</param>
    internal void Add(long cpuNs)
    {
        _costNs = _costNs == 0 ? cpuNs : _costNs + (Smoothing * (cpuNs - _costNs));
        double fittingUs = _costNs / 1_000 / share;
        _periodUs = fittingUs > _periodUs * SmallestChange || fittingUs * SmallestChange < _periodUs ? fittingUs : _periodUs;
    }

    /// <summary>The period in microseconds: the one that is wanted, or what the share allows, a minute at most.</summary>
    internal ulong Of(ulong wantedUs) => Math.Max(wantedUs, (ulong)Math.Min(LongestUs, _periodUs));
}
