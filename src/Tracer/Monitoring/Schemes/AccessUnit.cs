namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>Units of access frequency.</summary>
public enum AccessUnit
{
    /// <summary>Samples of an aggregation that found it accessed (nr_accesses).</summary>
    Samples,

    /// <summary>Percent of the samples of an aggregation.</summary>
    Percent,

    /// <summary>Samples that found it accessed, per second.</summary>
    Hz,
}
