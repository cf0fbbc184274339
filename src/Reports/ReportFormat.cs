namespace Damon.Trace.Reports;

/// <summary>How a report is written. All three say the same: they are written from one result.</summary>
public enum ReportFormat
{
    /// <summary>For people, in a terminal.</summary>
    Text,

    /// <summary>One JSON document; plain numbers, units in the names.</summary>
    Json,

    /// <summary>One table with a header line, RFC 4180; plain numbers, units in the names, empty where unknown.</summary>
    Csv,
}
