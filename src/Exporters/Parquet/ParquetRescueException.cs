using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Writing failed, but the file was made readable up to the last complete row group: what was recorded until then is kept.
/// </summary>
public sealed class ParquetRescueException(long rowsKept, long rowsLost, IOException cause)
    : DamonTraceException(
        $"{cause.Message}; the file is readable and holds {(rowsLost == 0 ? $"all {rowsKept} rows" : $"{rowsKept} rows, the last {rowsLost} rows are lost")}",
        "make room and export again", cause)
{
    /// <summary>Rows that can be read from the file.</summary>
    public long RowsKept { get; } = rowsKept;

    /// <summary>Rows received that are not in the file.</summary>
    public long RowsLost { get; } = rowsLost;
}
