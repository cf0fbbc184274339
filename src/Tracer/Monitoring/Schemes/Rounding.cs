namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>Bounds in percent and seconds become whole samples and aggregations.</summary>
internal static class Rounding
{
    /// <summary>What binary fractions may be off: 0.1 s is exactly one aggregation of 100 ms.</summary>
    internal const double Slack = 1e-9;
}
