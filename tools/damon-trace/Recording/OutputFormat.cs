namespace Damon.Trace.Cli.Recording;

/// <summary>What a recording can be written as.</summary>
internal enum OutputFormat
{
    /// <summary>The EventPipe session's stream as it comes; PerfView, dotnet-trace and every later command read it.</summary>
    NetTrace,

    /// <summary>Text as <c>perf script</c> prints it.</summary>
    PerfScript,

    /// <summary>Columns for notebooks.</summary>
    Parquet,
}
