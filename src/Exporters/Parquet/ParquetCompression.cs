namespace Damon.Trace.Exporters.Parquet;

/// <summary>How pages are compressed.</summary>
public enum ParquetCompression
{
    /// <summary>zstd where libzstd.so.1 is installed, else gzip.</summary>
    Auto,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip, which every reader has.</summary>
    Gzip,

    /// <summary>zstd; needs libzstd.so.1.</summary>
    Zstd,
}
