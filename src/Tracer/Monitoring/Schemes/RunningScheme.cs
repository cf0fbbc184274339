namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>A scheme at work: its counters and what it remembers from pass to pass. Belongs to the kdamond's thread.</summary>
public sealed class RunningScheme
{
    private long _watermarksNs = long.MinValue;
    private DamonAttributes? _resolvedFor;

    internal RunningScheme(Scheme scheme, int index, ulong minRegionSize)
    {
        Scheme = scheme;
        Index = index;
        Quota = new QuotaState(scheme.Quota, minRegionSize);
    }

    /// <summary>What it is to do.</summary>
    public Scheme Scheme { get; }

    /// <summary>Its number among the schemes of its context, from 0: the scheme_idx of events.</summary>
    public int Index { get; }

    /// <summary>What it has done.</summary>
    public SchemeCounters Counters => Statistics;

    /// <summary>What it may do.</summary>
    public QuotaState Quota { get; }

    /// <summary>False while its watermarks keep it off.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>How old regions must be, whatever the pattern says; zero unless a brake holds it back.</summary>
    public TimeSpan LeastAge { get; set; }

    /// <summary>The value now of its goals by user input; null: as the scheme has it.</summary>
    public ulong? UserInput
    {
        get => Quota.UserInput;
        set => Quota.UserInput = value;
    }

    internal SchemeCounters Statistics;

    internal MatchRange Match { get; private set; }

    internal ulong NextApply { get; set; }

    /// <summary>It takes part in the pass under way.</summary>
    internal bool IsDue { get; private set; }

    /// <summary>Where the quota ran out: the pass goes on from there. Null: begins at the beginning.</summary>
    internal (ulong TargetId, ulong Address)? Resume { get; set; }

    internal bool HasEnded => Scheme.MaxNrSnapshots > 0 && Statistics.NrSnapshots >= Scheme.MaxNrSnapshots;

    /// <summary>Whether it takes part in a pass now.</summary>
    internal bool Begin(ulong passed, DamonAttributes attributes, ISchemeEnvironment environment)
    {
        IsDue = passed >= NextApply;
        if (!IsDue)
        {
            return false;
        }

        NextApply = passed + IntervalSamples(attributes);
        IsDue = LookAtWatermarks(environment);
        if (_resolvedFor != attributes)
        {
            _resolvedFor = attributes;
            Match = Scheme.Pattern.Resolve(attributes);
        }

        return IsDue;
    }

    internal bool Matches(in DamonRegion region, uint nrAccesses) =>
        !region.IsUnknown && Scheme.Pattern.Contains(Match, region, nrAccesses) && region.Unchanged >= LeastAge;

    internal ulong IntervalSamples(DamonAttributes attributes) =>
        Math.Max(1, (Scheme.ApplyIntervalUs > 0 ? Scheme.ApplyIntervalUs : attributes.AggrUs) / attributes.EffectiveSampleUs);

    private bool LookAtWatermarks(ISchemeEnvironment environment)
    {
        SchemeWatermarks marks = Scheme.Watermarks;
        if (marks.Metric == WatermarkMetric.None)
        {
            return true;
        }

        long nowNs = environment.NowNs;
        if (!IsOn && _watermarksNs != long.MinValue && nowNs - _watermarksNs < (long)(marks.IntervalUs * 1_000))
        {
            return false;
        }

        _watermarksNs = nowNs;
        return IsOn = environment.Read(marks.Metric) is uint value && marks.IsOn(value, IsOn);
    }
}
