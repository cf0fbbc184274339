namespace Damon.Trace.Exporters.Parquet;

/// <summary>How <see cref="ParquetWriter"/> writes.</summary>
public sealed record ParquetOptions
{
    /// <summary>How pages are compressed.</summary>
    public ParquetCompression Compression { get; init; } = ParquetCompression.Zstd;

    /// <summary>Rows of a row group at most: what readers load as a unit, and what a full disk may cost.</summary>
    public int RowGroupRows { get; init; } = 122_880;

    /// <summary>Rows of a page at most.</summary>
    public int PageRows { get; init; } = 40_960;

    /// <summary>How many threads encode and compress at the most, each another column. The file is the same.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Timestamps in microseconds, cut off: Spark refuses nanoseconds. Other times keep their nanoseconds.</summary>
    public bool MicrosecondTimestamps { get; init; }
}
