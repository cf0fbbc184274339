namespace Damon.Trace.Exporters.Parquet;

/// <summary>The encodings used, with their numbers in parquet.thrift.</summary>
internal static class ParquetEncoding
{
    internal const int Plain = 0;
    internal const int Rle = 3;
    internal const int DeltaBinaryPacked = 5;
    internal const int RleDictionary = 8;
}
