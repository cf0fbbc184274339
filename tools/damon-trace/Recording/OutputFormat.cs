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

    /// <summary>A file for <c>perf script -i</c>.</summary>
    PerfData,

    /// <summary>The sampled accesses alone, for <c>perf report -i</c>.</summary>
    PerfAccesses,

    /// <summary>A stream for <c>perf script -i -</c>.</summary>
    PerfPipe,

    /// <summary>damo's json.</summary>
    DamoJson,

    /// <summary>damo's json_compressed.</summary>
    DamoJsonCompressed,

    /// <summary>damo's binary record, version 0: without header.</summary>
    DamoRecord0,

    /// <summary>damo's binary record, version 1: target ids of 4 bytes.</summary>
    DamoRecord1,

    /// <summary>damo's binary record, version 2.</summary>
    DamoRecord2,

    /// <summary>A folder for babeltrace2 and Trace Compass.</summary>
    Ctf,
}
