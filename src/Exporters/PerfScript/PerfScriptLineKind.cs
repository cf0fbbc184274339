namespace Damon.Trace.Exporters.PerfScript;

/// <summary>What a line of text turned out to be.</summary>
internal enum PerfScriptLineKind
{
    /// <summary>Neither an event nor anything else that may stand in such a text.</summary>
    Malformed,

    /// <summary>Blank, or a comment such as the lines of <c>perf script --header</c>.</summary>
    Comment,

    Aggregated,

    IntervalsTuned,

    /// <summary>Events were lost, so many.</summary>
    Lost,

    /// <summary>Another event, or what belongs to one.</summary>
    Other,
}
