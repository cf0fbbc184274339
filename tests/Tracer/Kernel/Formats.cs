namespace Damon.Trace.Tracer.Tests.Kernel;

/// <summary>Format files as kernels show them.</summary>
internal static class Formats
{
    private const string Common =
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
        + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
        + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
        + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    /// <summary>Linux 6.18.</summary>
    internal static string Aggregated { get; } = Build(
        "damon_aggregated", 767,
        ("unsigned long target_id", 8, 8), ("unsigned int nr_regions", 16, 4), ("unsigned long start", 24, 8),
        ("unsigned long end", 32, 8), ("unsigned int nr_accesses", 40, 4), ("unsigned int age", 44, 4));

    /// <summary>Linux 5.15, which had no age.</summary>
    internal static string AggregatedWithoutAge { get; } = Build(
        "damon_aggregated", 512,
        ("unsigned long target_id", 8, 8), ("unsigned int nr_regions", 16, 4), ("unsigned long start", 24, 8),
        ("unsigned long end", 32, 8), ("unsigned int nr_accesses", 40, 4));

    /// <summary>Linux 6.18.</summary>
    internal static string BeforeApply { get; } = Build(
        "damos_before_apply", 769,
        ("unsigned int context_idx", 8, 4), ("unsigned int scheme_idx", 12, 4), ("unsigned long target_idx", 16, 8),
        ("unsigned long start", 24, 8), ("unsigned long end", 32, 8), ("unsigned int nr_accesses", 40, 4), ("unsigned int age", 44, 4),
        ("unsigned int nr_regions", 48, 4));

    /// <summary>Linux 6.18.</summary>
    internal static string EffectiveSize { get; } = Build(
        "damos_esz", 770, ("unsigned int context_idx", 8, 4), ("unsigned int scheme_idx", 12, 4), ("unsigned long esz", 16, 8));

    /// <summary>Linux 7.2, from its source.</summary>
    internal static string SchemeStatistics { get; } = Build(
        "damos_stat_after_apply_interval", 772,
        ("unsigned int context_idx", 8, 4), ("unsigned int scheme_idx", 12, 4), ("unsigned long nr_tried", 16, 8), ("unsigned long sz_tried", 24, 8),
        ("unsigned long nr_applied", 32, 8), ("unsigned long sz_applied", 40, 8), ("unsigned long sz_ops_filter_passed", 48, 8),
        ("unsigned long qt_exceeds", 56, 8), ("unsigned long nr_snapshots", 64, 8));

    /// <summary>Linux 6.18.</summary>
    internal static string IntervalsTune { get; } = Build("damon_monitor_intervals_tune", 768, ("unsigned long sample_us", 8, 8));

    /// <summary>Linux 7.2, from its source: the order of the fields differs from damon_aggregated's.</summary>
    internal static string RegionAggregated { get; } = Build(
        "damon_region_aggregated", 771,
        ("unsigned long target_id", 8, 8), ("unsigned long start", 16, 8), ("unsigned long end", 24, 8), ("unsigned int nr_regions", 32, 4),
        ("unsigned int nr_accesses", 36, 4), ("unsigned int age", 40, 4), ("__data_loc u8[] probe_hits", 44, 4));

    private static string Build(string name, int id, params (string Declaration, int Offset, int Size)[] fields) =>
        $"name: {name}\nID: {id}\nformat:\n{Common}"
        + string.Concat(fields.Select(field => $"\tfield:{field.Declaration};\toffset:{field.Offset};\tsize:{field.Size};\tsigned:0;\n"))
        + "\nprint fmt: \"...\"\n";
}
