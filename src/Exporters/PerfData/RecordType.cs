namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Types of records: up to 63 the kernel's (include/uapi/linux/perf_event.h), from 64 perf's own (tools/lib/perf/include/perf/event.h).
/// </summary>
internal static class RecordType
{
    internal const uint Lost = 2;
    internal const uint Comm = 3;
    internal const uint Fork = 7;
    internal const uint Sample = 9;
    internal const uint LostSamples = 13;

    internal const uint HeaderAttr = 64;
    internal const uint HeaderTracingData = 66;
    internal const uint FinishedRound = 68;
    internal const uint AuxTrace = 71;
    internal const uint HeaderFeature = 80;
    internal const uint Compressed = 81;
    internal const uint Compressed2 = 83;

    /// <summary>PERF_RECORD_MISC_USER: the event was emitted in user space.</summary>
    internal const ushort MiscUser = 2;

    /// <summary>PERF_RECORD_MISC_LOST_SAMPLES_BPF: rejected by a filter the user asked for, not lost.</summary>
    internal const ushort MiscFiltered = 1 << 15;

    /// <summary>u32 type, u16 misc, u16 size.</summary>
    internal const int HeaderBytes = 8;
}
