namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>Places of columns as docs/formats/parquet.md lists them.</summary>
internal enum ParquetColumn
{
    Snapshot = 7,
    Start = 10,
    End = 11,
    NrAccesses = 12,
    Age = 13,
    BeginNs = 16,
    EndNs = 17,
    NrSamples = 19,
}
