namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What a quota goal looks at (enum damos_quota_goal_metric).</summary>
public enum QuotaGoalMetric
{
    /// <summary>A number that somebody else sets.</summary>
    UserInput,

    /// <summary>Microseconds that some task waited for memory, in the whole system, per reset interval.</summary>
    SomeMemPsiUs,

    /// <summary>Used memory of all, in basis points.</summary>
    MemUsedBp,

    /// <summary>Free memory of all, in basis points.</summary>
    MemFreeBp,

    /// <summary>Memory of a control group of all memory, in basis points.</summary>
    CgroupUsedBp,

    /// <summary>All memory but that of a control group, of all memory, in basis points.</summary>
    CgroupFreeBp,

    /// <summary>Active pages of active and inactive ones, in basis points.</summary>
    ActiveMemBp,

    /// <summary>Inactive pages of active and inactive ones, in basis points.</summary>
    InactiveMemBp,
}
