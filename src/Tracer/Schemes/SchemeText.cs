using System.Globalization;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>Names and values of schemes as files have them.</summary>
public static class SchemeText
{
    private static readonly (string Name, FilterKind Kind)[] s_filters =
    [
        ("addr", FilterKind.Address), ("target", FilterKind.Target), ("anon", FilterKind.Anonymous), ("file", FilterKind.File),
        ("mapping", FilterKind.Mapping), ("executable", FilterKind.Executable), ("hugepage_size", FilterKind.HugePageSize),
        ("young", FilterKind.Young), ("memcg", FilterKind.Memcg), ("unmapped", FilterKind.Unmapped), ("active", FilterKind.Active),
    ];

    private static readonly (string Name, QuotaGoalMetric Metric)[] s_goals =
    [
        ("user_input", QuotaGoalMetric.UserInput), ("some_mem_psi_us", QuotaGoalMetric.SomeMemPsiUs),
        ("node_mem_used_bp", QuotaGoalMetric.MemUsedBp), ("node_mem_free_bp", QuotaGoalMetric.MemFreeBp),
        ("node_memcg_used_bp", QuotaGoalMetric.CgroupUsedBp), ("node_memcg_free_bp", QuotaGoalMetric.CgroupFreeBp),
        ("active_mem_bp", QuotaGoalMetric.ActiveMemBp), ("inactive_mem_bp", QuotaGoalMetric.InactiveMemBp),
    ];

    private static readonly (string Name, WatermarkMetric Metric)[] s_watermarks =
    [
        ("none", WatermarkMetric.None), ("free_mem_rate", WatermarkMetric.FreeMemRate), ("mem_pressure", WatermarkMetric.MemPressure),
    ];

    private static readonly (string Name, QuotaTuner Tuner)[] s_tuners = [("consist", QuotaTuner.Consist), ("temporal", QuotaTuner.Temporal)];

    /// <summary>The name of a kind of filter, the kernel's where it has it.</summary>
    public static string NameOf(FilterKind kind) => Array.Find(s_filters, one => one.Kind == kind).Name;

    /// <summary>The name of a goal's metric.</summary>
    public static string NameOf(QuotaGoalMetric metric) => Array.Find(s_goals, one => one.Metric == metric).Name;

    /// <summary>The name of a watermark's metric.</summary>
    public static string NameOf(WatermarkMetric metric) => Array.Find(s_watermarks, one => one.Metric == metric).Name;

    /// <summary>The name of a tuner.</summary>
    public static string NameOf(QuotaTuner tuner) => Array.Find(s_tuners, one => one.Tuner == tuner).Name;

    internal static IEnumerable<string> FilterNames => s_filters.Select(static one => one.Name);

    internal static IEnumerable<string> GoalNames => s_goals.Select(static one => one.Name);

    internal static IEnumerable<string> WatermarkNames => s_watermarks.Select(static one => one.Name);

    internal static FilterKind? FindFilter(string name) => Find(s_filters, name);

    internal static QuotaGoalMetric? FindGoal(string name) => Find(s_goals, name);

    internal static QuotaTuner? FindTuner(string name) => Find(s_tuners, name);

    internal static bool IsOfGroup(QuotaGoalMetric metric) => metric is QuotaGoalMetric.CgroupUsedBp or QuotaGoalMetric.CgroupFreeBp;

    /// <summary>True when its value is one of a memory node, or of all together.</summary>
    internal static bool IsOfNode(QuotaGoalMetric metric) => metric is QuotaGoalMetric.MemFreeBp or QuotaGoalMetric.MemUsedBp || IsOfGroup(metric);

    internal static WatermarkMetric? FindWatermark(string name) => Find(s_watermarks, name);

    /// <summary>A size as short as it can be read back: 4K, 1536M.</summary>
    internal static string Size(ulong bytes) => bytes switch
    {
        0 => "0",
        ulong.MaxValue => "max",
        _ when bytes % (1UL << 40) == 0 => Number(bytes >> 40) + "T",
        _ when bytes % (1UL << 30) == 0 => Number(bytes >> 30) + "G",
        _ when bytes % (1UL << 20) == 0 => Number(bytes >> 20) + "M",
        _ when bytes % (1UL << 10) == 0 => Number(bytes >> 10) + "K",
        _ => Number(bytes),
    };

    /// <summary>A time as short as it can be read back: 30s, 5ms, 250us.</summary>
    internal static string Time(double us) => us switch
    {
        0 => "0",
        _ when us % 60_000_000 == 0 => Number(us / 60_000_000) + "m",
        _ when us % 1_000_000 == 0 => Number(us / 1_000_000) + "s",
        _ when us % 1_000 == 0 => Number(us / 1_000) + "ms",
        _ => Number(us) + "us",
    };

    internal static string Of(AccessBound bound) => bound.Unit switch
    {
        _ when double.IsPositiveInfinity(bound.Value) => "max",
        AccessUnit.Percent => Number(bound.Value) + "%",
        AccessUnit.Hz => Number(bound.Value) + "Hz",
        _ when bound.Value == 0 => "0",
        _ => Number(bound.Value) + "samples",
    };

    internal static string Of(AgeBound bound) => double.IsPositiveInfinity(bound.Value) ? "max"
        : bound.Value == 0 ? "0"
        : bound.IsTime ? Time(bound.Value) : Number(bound.Value) + "aggrs";

    /// <summary>As short as it can be read back, never with an exponent.</summary>
    private static string Number(double value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal)
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : text;
    }

    private static TValue? Find<TValue>((string Name, TValue Value)[] names, string name)
        where TValue : struct => Array.Exists(names, one => one.Name == name) ? Array.Find(names, one => one.Name == name).Value : null;
}
