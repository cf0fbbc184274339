namespace Damon.Trace.Cli.Doctor;

/// <summary>Which kernel options each feature needs.</summary>
internal static class KernelOptions
{
    private static readonly Dictionary<string, string[]> s_needed = new(StringComparer.Ordinal)
    {
        ["access-bits"] = ["CONFIG_BPF_SYSCALL", "CONFIG_DEBUG_INFO_BTF"],
        ["referenced-mappings"] = ["CONFIG_PROC_PAGE_MONITOR"],
        ["idle-pages"] = ["CONFIG_IDLE_PAGE_TRACKING", "CONFIG_PROC_PAGE_MONITOR"],
        ["soft-dirty"] = ["CONFIG_MEM_SOFT_DIRTY", "CONFIG_PROC_PAGE_MONITOR"],
        ["written-pages"] = ["CONFIG_USERFAULTFD", "CONFIG_PROC_PAGE_MONITOR"],
        ["hardware-samples"] = ["CONFIG_PERF_EVENTS"],
        ["vaddr"] = ["CONFIG_DAMON_SYSFS", "CONFIG_DAMON_VADDR"],
        ["fvaddr"] = ["CONFIG_DAMON_SYSFS", "CONFIG_DAMON_VADDR"],
        ["paddr"] = ["CONFIG_DAMON_SYSFS", "CONFIG_DAMON_PADDR"],
        ["user_events"] = ["CONFIG_USER_EVENTS"],
        ["kernel tracepoint"] = ["CONFIG_DAMON"],
    };

    /// <summary>Options of a check, an operations set or a feature; none when it needs no particular one.</summary>
    internal static IReadOnlyList<string> Of(string name) => s_needed.GetValueOrDefault(name, []);
}
