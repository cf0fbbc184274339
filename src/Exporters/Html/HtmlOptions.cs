using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Html;

/// <summary>What an HTML report is about.</summary>
public sealed record HtmlOptions
{
    /// <summary>Only this target; else all.</summary>
    public ulong? TargetId { get; init; }

    /// <summary>Intervals of a recording that does not tell them.</summary>
    public KnownIntervals Known { get; init; }

    /// <summary>Leave the interactive charts out, as a build without npm does.</summary>
    public bool StaticOnly { get; init; }
}
