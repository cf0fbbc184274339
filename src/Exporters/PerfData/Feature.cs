namespace Damon.Trace.Exporters.PerfData;

/// <summary>Bits of the header's feature bitmap (tools/perf/util/header.h).</summary>
internal static class Feature
{
    internal const int TracingData = 1;
    internal const int HostName = 3;
    internal const int OsRelease = 4;
    internal const int Version = 5;
    internal const int Arch = 6;
    internal const int NrCpus = 7;
    internal const int CpuDesc = 8;
    internal const int CpuId = 9;
    internal const int TotalMem = 10;
    internal const int CommandLine = 11;
    internal const int EventDesc = 12;
    internal const int SampleTime = 21;
    internal const int ClockId = 23;
    internal const int DirFormat = 24;
    internal const int ClockData = 29;

    /// <summary>Bits the bitmap has room for.</summary>
    internal const int MaxBits = 256;
}
