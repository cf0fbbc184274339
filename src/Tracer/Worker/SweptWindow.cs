namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// When a sweep's answer is whole. A target pays for each page that it uses again after a sweep (<see cref="TouchCost"/>), and where that is
/// dear and processors are shared, it has not come through what it uses when the usual 100 ms are over: what it uses would be told too small,
/// until the next sweep. So the window lasts until the target has had CPU time for its own work again, clearly beside what the sweep cost it, or
/// until more of that brings no more pages.
/// Pure arithmetic over the caller's clocks.
/// </summary>
internal sealed class SweptWindow
{
    /// <summary>No window is longer: a target that waits for something must not hold up the next sweep.</summary>
    internal const long LongestNs = 1_000_000_000;

    /// <summary>Time for its own work that a target has to have had, at the rate at which it used CPU before the sweep.</summary>
    internal const long OwnWorkNs = 10_000_000;

    // The cost of a page is measured elsewhere and while nothing else happens: up to twice as much was seen where processes share memory.
    private const double LargestCost = 2;

    // Growth from one look to the next, as a part, that is none.
    private const double LittleGrowth = 1.0 / 64;

    private long _restBeganNs;
    private long _restBeganCpuNs;
    private long _beganNs;
    private long _beganCpuNs;
    private double _usualShare;
    private long _latestCpuNs;
    private double? _latestCostNs;

    /// <summary>A sweep has opened the window and its answer is not whole yet.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>A sweep was made.</summary>
    /// <param name="nowNs">Time.</param>
    /// <param name="cpuNs">CPU time of the target so far.</param>
    internal void Open(long nowNs, long cpuNs)
    {
        long restNs = nowNs - _restBeganNs;
        _usualShare = _restBeganNs == 0 || restNs <= 0 ? 0 : Math.Clamp((cpuNs - _restBeganCpuNs) / (double)restNs, 0, 1);
        _beganNs = nowNs;
        _beganCpuNs = cpuNs;
        _latestCostNs = null;
        IsOpen = true;
    }

    /// <summary>A look after the sweep: whether its answer is whole now.</summary>
    /// <param name="nowNs">Time.</param>
    /// <param name="cpuNs">CPU time of the target so far.</param>
    /// <param name="costNs">CPU time that the pages accessed since the sweep have cost the target.</param>
    internal bool TryClose(long nowNs, long cpuNs, double costNs)
    {
        double ownWorkNs = _usualShare * OwnWorkNs;
        bool isBeside = cpuNs - _beganCpuNs - (costNs * LargestCost) >= ownWorkNs;
        bool isStill = costNs <= _latestCostNs * (1 + LittleGrowth) && cpuNs - _latestCpuNs >= ownWorkNs;
        _latestCpuNs = cpuNs;
        _latestCostNs = costNs;
        if (!isBeside && !isStill && nowNs - _beganNs < LongestNs)
        {
            return false;
        }

        _restBeganNs = nowNs;
        _restBeganCpuNs = cpuNs;
        IsOpen = false;
        return true;
    }

    /// <summary>Begins to watch how much CPU time the target uses while nothing holds it up.</summary>
    internal void Watch(long nowNs, long cpuNs)
    {
        if (_restBeganNs == 0)
        {
            _restBeganNs = nowNs;
            _restBeganCpuNs = cpuNs;
        }
    }
}
