namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>A bound on how often a region is accessed: in samples of an aggregation, in percent of them, or in Hz.</summary>
public readonly record struct AccessBound
{
    private AccessBound(AccessUnit unit, double value)
    {
        if (value < 0 || double.IsNaN(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "an access frequency is not negative");
        }

        // None is none and all are all in any unit: equal meaning, equal value.
        Unit = value == 0 || double.IsPositiveInfinity(value) ? AccessUnit.Samples : unit;
        Value = value;
    }

    /// <summary>Never accessed.</summary>
    public static AccessBound Min => default;

    /// <summary>As often as can be.</summary>
    public static AccessBound Max => new(AccessUnit.Samples, double.PositiveInfinity);

    /// <summary>What <see cref="Value"/> counts.</summary>
    public AccessUnit Unit { get; }

    /// <summary>0 or more.</summary>
    public double Value { get; }

    /// <summary>Of the samples of an aggregation, a number.</summary>
    public static AccessBound Samples(double value) => new(AccessUnit.Samples, value);

    /// <summary>Of the samples of an aggregation, a share in percent.</summary>
    public static AccessBound Percent(double value) => new(AccessUnit.Percent, value);

    /// <summary>Samples found accessed per second.</summary>
    public static AccessBound Hz(double value) => new(AccessUnit.Hz, value);

    /// <summary>The smallest nr_accesses that is at least this.</summary>
    internal uint AtLeast(DamonAttributes attributes) => ToUInt32(Math.Ceiling(ToSamples(attributes) - Rounding.Slack));

    /// <summary>The largest nr_accesses that is at most this.</summary>
    internal uint AtMost(DamonAttributes attributes) => ToUInt32(Math.Floor(ToSamples(attributes) + Rounding.Slack));

    private double ToSamples(DamonAttributes attributes) => Unit switch
    {
        AccessUnit.Percent => Value * attributes.MaxNrAccesses / 100,
        AccessUnit.Hz => Value * attributes.MaxNrAccesses * attributes.EffectiveSampleUs / 1e6,
        _ => Value,
    };

    private static uint ToUInt32(double value) => value >= uint.MaxValue ? uint.MaxValue : (uint)Math.Max(0, value);
}
