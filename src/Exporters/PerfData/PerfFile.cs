namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// The file's header (tools/perf/util/header.h, struct perf_file_header), little endian:
/// magic, u64 header size, u64 attr entry size, three sections {u64 offset, u64 size} (attrs, data, event types), u64[4] feature bitmap.
/// </summary>
internal static class PerfFile
{
    /// <summary>Also the first bytes of a pipe: there the header's size is 16 and records follow at once.</summary>
    internal static ReadOnlySpan<byte> Magic => "PERFILE2"u8;

    /// <summary>The same magic written by a big-endian machine.</summary>
    internal static ReadOnlySpan<byte> SwappedMagic => "2ELIFREP"u8;

    internal const int HeaderBytes = 104;
    internal const int PipeHeaderBytes = 16;

    internal const int HeaderSizeAt = 8;
    internal const int AttrSizeAt = 16;
    internal const int AttrsAt = 24;
    internal const int DataAt = 40;
    internal const int FeaturesAt = 72;

    /// <summary>{u64 offset, u64 size}.</summary>
    internal const int SectionBytes = 16;
}
