namespace Damon.Trace.Exporters.PerfData;

/// <summary>What a record means to us.</summary>
internal enum EventKind : byte
{
    /// <summary>An event that is not ours to read; counted.</summary>
    Other,

    /// <summary>damon_aggregated under one of its names.</summary>
    Aggregated,

    /// <summary>damon_monitor_intervals_tune.</summary>
    IntervalsTune,

    /// <summary>One of the events of schemes.</summary>
    Scheme,

    /// <summary>A thread got a name.</summary>
    Comm,

    /// <summary>A thread was born and inherits its parent's name.</summary>
    Fork,
}
