namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>A bound on how long the accesses of a region have stayed as they are: in aggregation intervals, or as a time.</summary>
public readonly record struct AgeBound
{
    private readonly double _value;

    private AgeBound(bool isTime, double value)
    {
        if (value < 0 || double.IsNaN(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "an age is not negative");
        }

        // None is none and ever is ever in any unit: equal meaning, equal value.
        IsTime = isTime && value > 0 && double.IsFinite(value);
        _value = value;
    }

    /// <summary>Any age.</summary>
    public static AgeBound Min => default;

    /// <summary>However old.</summary>
    public static AgeBound Max => new(false, double.PositiveInfinity);

    /// <summary>True when it is a time, not a number of aggregations.</summary>
    public bool IsTime { get; }

    /// <summary>Aggregation intervals, or microseconds when <see cref="IsTime"/>; may be infinite.</summary>
    public double Value => _value;

    /// <summary>Aggregation intervals, whatever they take.</summary>
    public static AgeBound Aggregations(double value) => new(false, value);

    /// <summary>A time; it keeps its meaning when the aggregation interval changes.</summary>
    public static AgeBound Time(TimeSpan value) => new(true, value.TotalMicroseconds);

    /// <summary>The smallest age in aggregations that is at least this.</summary>
    internal uint AtLeast(DamonAttributes attributes) => ToUInt32(Math.Ceiling(ToAggregations(attributes) - Rounding.Slack));

    /// <summary>The largest age in aggregations that is at most this.</summary>
    internal uint AtMost(DamonAttributes attributes) => ToUInt32(Math.Floor(ToAggregations(attributes) + Rounding.Slack));

    private double ToAggregations(DamonAttributes attributes) => IsTime ? _value / attributes.AggrUs : _value;

    private static uint ToUInt32(double value) => value >= uint.MaxValue ? uint.MaxValue : (uint)Math.Max(0, value);
}
