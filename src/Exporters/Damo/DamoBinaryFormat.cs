namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// The binary record of the kernel's recording patch (never merged) and of damo up to 2.0.0: native little endian, packed.
/// <code>
/// [v1, v2] 16 bytes "damon_recfmt_ver", i32 version; v0 begins at once
/// repeat:  i64 sec, i64 nsec (end of the aggregation), u32 nr_targets
///   repeat nr_targets:  target_id (v1: i32; v0, v2: u64), u32 nr_regions
///     repeat nr_regions:  u64 start, u64 end, u32 nr_accesses
/// </code>
/// No begin, no intervals, no age, no name of the kdamond.
/// </summary>
internal static class DamoBinaryFormat
{
    /// <summary>Largest buffer the patch takes (its rbuf_len): a snapshot that is larger never came out of a kernel.</summary>
    public const int MaxBufferBytes = 4 * 1024 * 1024;

    /// <summary>The patch takes paths of less than this many bytes.</summary>
    public const int MaxPathBytes = 256;

    internal const int MagicBytes = 16;
    internal const int HeaderBytes = 20;
    internal const int TimeBytes = 16;
    internal const int RegionBytes = 20;

    /// <summary>More targets of one aggregation are refused as a broken file.</summary>
    internal const uint MaxTargets = 65_536;

    internal const long NsPerSecond = 1_000_000_000;

    /// <summary>
    /// nr_accesses of the made-up snapshot that follows when there is only one: readers take a begin from the end before.
    /// </summary>
    internal const uint FakeNrAccesses = uint.MaxValue;

    internal static ReadOnlySpan<byte> Magic => "damon_recfmt_ver"u8;

    internal static int TargetIdBytes(DamoBinaryVersion version) => version == DamoBinaryVersion.V1 ? 4 : 8;
}
