namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>
/// What is left of a quota (struct damos_quota at run time). Windows of the reset interval follow each other; at the begin of each the
/// effective size is worked out anew: the smallest of what the bytes, the time and the goals allow.
/// </summary>
public sealed class QuotaState
{
    private const ulong NsPerMs = 1_000_000;

    private readonly SchemeQuota _quota;
    private readonly ulong _minRegionSize;
    private readonly ulong?[] _goalTotals;
    private ulong _totalBytes;
    private ulong _totalNs;
    private ulong _goalBp;
    private long _beganNs;
    private bool _hasBegun;

    internal QuotaState(SchemeQuota quota, ulong minRegionSize)
    {
        _quota = quota;
        _minRegionSize = minRegionSize;
        _goalTotals = new ulong?[quota.Goals.Count];
        _goalBp = quota.StartBytes * DamonArithmetic.WholeBp;
    }

    /// <summary>Bytes that may be acted on in this window.</summary>
    public ulong EffectiveSize { get; private set; }

    /// <summary>Bytes that were, in this window.</summary>
    public ulong Charged { get; private set; }

    /// <summary>Bytes that were, in all windows before it.</summary>
    public ulong TotalBytes => _totalBytes;

    /// <summary>Time that actions have taken.</summary>
    public TimeSpan TotalTime => TimeSpan.FromMicroseconds(_totalNs / 1000.0);

    /// <summary>The value now of goals by user input; null: as the scheme has it.</summary>
    internal ulong? UserInput { get; set; }

    /// <summary>True when nothing more may be done in this window: less than a page is left.</summary>
    internal bool IsFull => _quota.IsSet && (Charged >= EffectiveSize || EffectiveSize - Charged < _minRegionSize);

    /// <summary>Bytes left, whole pages; everything without a quota.</summary>
    internal ulong Left => _quota.IsSet ? DamonArithmetic.AlignDown(EffectiveSize - Math.Min(Charged, EffectiveSize), _minRegionSize) : ulong.MaxValue;

    /// <summary>The lowest score that gets its turn in this pass.</summary>
    internal int MinScore { get; set; }

    /// <summary>To be called before each pass. True when the effective size has changed.</summary>
    internal bool BeginPass(ISchemeEnvironment environment, ref ulong exceeded)
    {
        if (!_quota.IsSet)
        {
            return false;
        }

        long nowNs = environment.NowNs;
        if (_hasBegun && nowNs - _beganNs < (long)(_quota.ResetIntervalMs * NsPerMs))
        {
            return false;
        }

        exceeded += _hasBegun && IsFull ? 1UL : 0;
        _totalBytes += Charged;
        Charged = 0;
        _beganNs = nowNs;
        _hasBegun = true;
        ulong before = EffectiveSize;
        EffectiveSize = NextEffectiveSize(environment);
        return EffectiveSize != before;
    }

    internal void Charge(ulong bytes, long ns)
    {
        Charged += bytes;
        _totalNs += (ulong)Math.Max(0, ns);
    }

    private ulong NextEffectiveSize(ISchemeEnvironment environment)
    {
        if (_quota.TimeMs == 0 && _quota.Goals.Count == 0)
        {
            return _quota.SizeBytes;
        }

        ulong size = _quota.Goals.Count > 0 ? SizeForGoals(environment) : ulong.MaxValue;
        if (_quota.TimeMs > 0)
        {
            size = Math.Min(size, QuotaArithmetic.SizeForTime(_quota.TimeMs, _totalBytes, _totalNs, _minRegionSize));
        }

        return _quota.SizeBytes > 0 ? Math.Min(size, _quota.SizeBytes) : size;
    }

    private ulong SizeForGoals(ISchemeEnvironment environment)
    {
        ulong score = 0;
        for (int i = 0; i < _goalTotals.Length; i++)
        {
            score = Math.Max(score, ScoreOf(i, environment));
        }

        if (_quota.Tuner == QuotaTuner.Temporal)
        {
            return score >= DamonArithmetic.WholeBp ? 0 : ulong.MaxValue;
        }

        _goalBp = QuotaArithmetic.Feed(Math.Max(_goalBp, DamonArithmetic.WholeBp), score);
        return _goalBp / DamonArithmetic.WholeBp;
    }

    /// <summary>What cannot be read counts as just met, so that nothing grows without bound; so does the first reading of a counter.</summary>
    private ulong ScoreOf(int index, ISchemeEnvironment environment)
    {
        QuotaGoal goal = _quota.Goals[index];
        ulong? value = goal.Metric == QuotaGoalMetric.UserInput ? UserInput ?? goal.CurrentValue : environment.Read(goal);
        if (goal.Metric == QuotaGoalMetric.SomeMemPsiUs)
        {
            (ulong? before, _goalTotals[index]) = (_goalTotals[index], value);
            value -= before;
        }

        return value is ulong current
            ? DamonArithmetic.MultiplyDivide(current, DamonArithmetic.WholeBp, Math.Max(1, goal.TargetValue))
            : DamonArithmetic.WholeBp;
    }
}
