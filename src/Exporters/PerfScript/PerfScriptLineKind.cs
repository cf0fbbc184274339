namespace Damon.Trace.Exporters.PerfScript;

/// <summary>What a line of text turned out to be.</summary>
internal enum PerfScriptLineKind
{
    /// <summary>One of our events that cannot be read, or no text at all.</summary>
    Malformed,

    /// <summary>Blank, or a comment such as the lines of <c>perf script --header</c>.</summary>
    Comment,

    Aggregated,

    IntervalsTuned,

    /// <summary>An event of a scheme.</summary>
    Scheme,

    /// <summary>Events were lost, so many.</summary>
    Lost,

    /// <summary>So many chunks of events were lost; how many events were in them nobody knows.</summary>
    LostChunks,

    /// <summary>So many events were overwritten in the buffer since tracing began.</summary>
    Overwritten,

    /// <summary>Another event, or what belongs to one.</summary>
    Other,

    /// <summary>Text that is no event: what a program remarked.</summary>
    Remark,
}
