namespace Damon.Trace.Exporters.Parquet;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    Int32,
    UInt32,
    Int64,
    UInt64,

    /// <summary>Single precision; values travel as their 32 bits.</summary>
    Float,

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    Timestamp,

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    TimestampMicros,

    String,
    Boolean,
}
