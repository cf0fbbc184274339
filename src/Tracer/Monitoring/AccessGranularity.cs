namespace Damon.Trace.Tracer.Monitoring;

/// <summary>The smallest unit an access check can tell apart.</summary>
public enum AccessGranularity
{
    /// <summary>A page, or the large folio it belongs to: regions adapt freely.</summary>
    Page,

    /// <summary>A whole mapping: regions are the mappings themselves, so they are neither split nor merged.</summary>
    Mapping,
}
