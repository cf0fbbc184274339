namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What the filters by address say about a range.</summary>
internal enum FilterVerdict
{
    /// <summary>Nothing is to be done to it.</summary>
    Rejected,

    /// <summary>Allowed, whatever the filters by kind of memory would say.</summary>
    Allowed,

    /// <summary>The filters by kind of memory decide.</summary>
    Open,
}
