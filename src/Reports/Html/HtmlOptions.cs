namespace Damon.Trace.Reports.Html;

/// <summary>What an HTML report is about.</summary>
public sealed record HtmlOptions : ReportSelection
{
    /// <summary>Leave the interactive charts out, as a build without npm does.</summary>
    public bool StaticOnly { get; init; }

    /// <summary>The options of a part of the page: the same selection.</summary>
    internal T Select<T>(T options)
        where T : ReportSelection => options with
        {
            TargetId = TargetId,
            FromNs = FromNs,
            ToNs = ToNs,
            FromWallNs = FromWallNs,
            ToWallNs = ToWallNs,
            Known = Known,
        };
}
