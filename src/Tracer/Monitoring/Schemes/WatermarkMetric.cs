namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What watermarks look at.</summary>
public enum WatermarkMetric
{
    /// <summary>Nothing: always on.</summary>
    None,

    /// <summary>Free memory of all, in per mille.</summary>
    FreeMemRate,

    /// <summary>Time in which some task waited for memory, of the last ten seconds, in per mille. Not in the kernel.</summary>
    MemPressure,
}
