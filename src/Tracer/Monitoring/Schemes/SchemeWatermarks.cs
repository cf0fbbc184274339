namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>When a scheme is on, by a metric in per mille (struct damos_watermarks).</summary>
public sealed record SchemeWatermarks
{
    /// <summary>What is looked at.</summary>
    public WatermarkMetric Metric { get; init; }

    /// <summary>Microseconds between looks while it is off.</summary>
    public ulong IntervalUs { get; init; } = 5_000_000;

    /// <summary>Above it: off.</summary>
    public uint High { get; init; }

    /// <summary>Between it and <see cref="High"/>: as it was. Between <see cref="Low"/> and it: on.</summary>
    public uint Mid { get; init; }

    /// <summary>Below it: off, the memory is too short to spend time on it.</summary>
    public uint Low { get; init; }

    /// <summary>Whether a scheme is on at a value, given whether it was.</summary>
    internal bool IsOn(uint value, bool wasOn) => value <= High && value >= Low && (value < Mid || wasOn);
}
