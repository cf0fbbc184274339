using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// The format descriptions we embed: what the kernel shows in /sys/kernel/tracing/events/damon/EVENT/format on 64-bit machines. perf
/// prints by them, so the text is the kernel's whatever kernel reads the file. The ids need not be the running kernel's.
/// </summary>
internal static class TracepointFormats
{
    internal const ushort AggregatedId = DamonEventId.Aggregated;
    internal const ushort IntervalsTuneId = DamonEventId.MonitorIntervalsTune;

    /// <summary>Bytes of a record with the pad that makes its length field and itself a multiple of 8: 48 + 4.</summary>
    internal const int AggregatedBytes = 52;

    /// <summary>16 + 4.</summary>
    internal const int IntervalsTuneBytes = 20;

    internal const int CommonPidAt = 4;
    internal const int TargetIdAt = 8;
    internal const int NrRegionsAt = 16;
    internal const int StartAt = 24;
    internal const int EndAt = 32;
    internal const int NrAccessesAt = 40;
    internal const int AgeAt = 44;
    internal const int SampleUsAt = 8;

    private const string Common =
        "format:\n" +
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    internal static string Aggregated { get; } =
        $"name: {DamonEventName.Aggregated}\nID: {AggregatedId}\n{Common}" +
        "\tfield:unsigned long target_id;\toffset:8;\tsize:8;\tsigned:0;\n" +
        "\tfield:unsigned int nr_regions;\toffset:16;\tsize:4;\tsigned:0;\n" +
        "\tfield:unsigned long start;\toffset:24;\tsize:8;\tsigned:0;\n" +
        "\tfield:unsigned long end;\toffset:32;\tsize:8;\tsigned:0;\n" +
        "\tfield:unsigned int nr_accesses;\toffset:40;\tsize:4;\tsigned:0;\n" +
        "\tfield:unsigned int age;\toffset:44;\tsize:4;\tsigned:0;\n\n" +
        "print fmt: \"target_id=%lu nr_regions=%u %lu-%lu: %u %u\", " +
        "REC->target_id, REC->nr_regions, REC->start, REC->end, REC->nr_accesses, REC->age\n";

    internal static string IntervalsTune { get; } =
        $"name: {DamonEventName.MonitorIntervalsTune}\nID: {IntervalsTuneId}\n{Common}" +
        "\tfield:unsigned long sample_us;\toffset:8;\tsize:8;\tsigned:0;\n\n" +
        "print fmt: \"sample_us=%lu\", REC->sample_us\n";
}
