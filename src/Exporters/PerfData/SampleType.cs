namespace Damon.Trace.Exporters.PerfData;

/// <summary>Bits of perf_event_attr.sample_type and read_format: which fields a sample has (include/uapi/linux/perf_event.h).</summary>
internal static class SampleType
{
    internal const ulong Ip = 1 << 0;
    internal const ulong Tid = 1 << 1;
    internal const ulong Time = 1 << 2;
    internal const ulong Addr = 1 << 3;
    internal const ulong Read = 1 << 4;
    internal const ulong Callchain = 1 << 5;
    internal const ulong Id = 1 << 6;
    internal const ulong Cpu = 1 << 7;
    internal const ulong Period = 1 << 8;
    internal const ulong StreamId = 1 << 9;
    internal const ulong Raw = 1 << 10;
    internal const ulong Identifier = 1 << 16;

    internal const ulong ReadTotalTimeEnabled = 1 << 0;
    internal const ulong ReadTotalTimeRunning = 1 << 1;
    internal const ulong ReadId = 1 << 2;
    internal const ulong ReadGroup = 1 << 3;
    internal const ulong ReadLost = 1 << 4;
}
