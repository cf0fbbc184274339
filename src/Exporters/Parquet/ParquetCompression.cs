namespace Damon.Trace.Exporters.Parquet;

/// <summary>How pages are compressed.</summary>
public enum ParquetCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip, which every reader has.</summary>
    Gzip,

    /// <summary>zstd: the smallest and the fastest.</summary>
    Zstd,
}
