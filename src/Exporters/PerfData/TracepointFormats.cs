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

    internal const int BeforeApplyBytes = 60;
    internal const int EffectiveSizeBytes = 28;
    internal const int SchemeStatisticsBytes = 76;

    internal const int CommonPidAt = 4;
    internal const int TargetIdAt = 8;
    internal const int NrRegionsAt = 16;
    internal const int StartAt = 24;
    internal const int EndAt = 32;
    internal const int NrAccessesAt = 40;
    internal const int AgeAt = 44;
    internal const int SampleUsAt = 8;

    // Of the events of schemes: what all have, then a region, a size, or counters.
    internal const int ContextIndexAt = 8;
    internal const int SchemeIndexAt = 12;
    internal const int SchemeValuesAt = 16;
    internal const int TriedStartAt = 24;
    internal const int TriedEndAt = 32;
    internal const int TriedNrAccessesAt = 40;
    internal const int TriedAgeAt = 44;
    internal const int TriedNrRegionsAt = 48;

    private const string Common =
        "format:\n" +
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    private const string Indices =
        "\tfield:unsigned int context_idx;\toffset:8;\tsize:4;\tsigned:0;\n" +
        "\tfield:unsigned int scheme_idx;\toffset:12;\tsize:4;\tsigned:0;\n";

    private static readonly string[] s_counters =
        ["nr_tried", "sz_tried", "nr_applied", "sz_applied", "sz_ops_filter_passed", "qt_exceeds", "nr_snapshots"];

    /// <summary>All events in the order of their ids, from 1.</summary>
    internal static IReadOnlyList<(string Name, string Format)> All =>
    [
        (DamonEventName.Aggregated, Aggregated), (DamonEventName.MonitorIntervalsTune, IntervalsTune), (DamonEventName.BeforeApply, BeforeApply),
        (DamonEventName.EffectiveSize, EffectiveSize), (DamonEventName.SchemeStatistics, SchemeStatistics),
    ];

    internal static string BeforeApply { get; } =
        $"name: {DamonEventName.BeforeApply}\nID: {DamonEventId.BeforeApply}\n{Common}{Indices}" +
        "\tfield:unsigned long target_idx;\toffset:16;\tsize:8;\tsigned:0;\n" +
        "\tfield:unsigned long start;\toffset:24;\tsize:8;\tsigned:0;\n" +
        "\tfield:unsigned long end;\toffset:32;\tsize:8;\tsigned:0;\n" +
        "\tfield:unsigned int nr_accesses;\toffset:40;\tsize:4;\tsigned:0;\n" +
        "\tfield:unsigned int age;\toffset:44;\tsize:4;\tsigned:0;\n" +
        "\tfield:unsigned int nr_regions;\toffset:48;\tsize:4;\tsigned:0;\n\n" +
        "print fmt: \"ctx_idx=%u scheme_idx=%u target_idx=%lu nr_regions=%u %lu-%lu: %u %u\", " +
        "REC->context_idx, REC->scheme_idx, REC->target_idx, REC->nr_regions, REC->start, REC->end, REC->nr_accesses, REC->age\n";

    internal static string EffectiveSize { get; } =
        $"name: {DamonEventName.EffectiveSize}\nID: {DamonEventId.EffectiveSize}\n{Common}{Indices}" +
        "\tfield:unsigned long esz;\toffset:16;\tsize:8;\tsigned:0;\n\n" +
        "print fmt: \"ctx_idx=%u scheme_idx=%u esz=%lu\", REC->context_idx, REC->scheme_idx, REC->esz\n";

    internal static string SchemeStatistics { get; } =
        $"name: {DamonEventName.SchemeStatistics}\nID: {DamonEventId.SchemeStatistics}\n{Common}{Indices}" +
        string.Concat(s_counters.Select(static (name, i) =>
            $"\tfield:unsigned long {name};\toffset:{SchemeValuesAt + (i * sizeof(ulong))};\tsize:8;\tsigned:0;\n")) +
        $"\nprint fmt: \"ctx_idx=%u scheme_idx=%u {string.Join(' ', s_counters.Select(static name => name + "=%lu"))}\", " +
        $"REC->context_idx, REC->scheme_idx, {string.Join(", ", s_counters.Select(static name => "REC->" + name))}\n";

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
