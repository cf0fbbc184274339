namespace Damon.Trace.Cli.Doctor;

/// <summary>The distribution (os-release(5)), and which kernels it offers.</summary>
/// <param name="Id">For example <c>debian</c>; empty when unknown.</param>
/// <param name="VersionId">For example <c>12</c>.</param>
/// <param name="Name">For people.</param>
internal sealed record Distribution(string Id, string VersionId, string Name)
{
    private const string Debian12Package = "linux-image-6.12-amd64";

    // Set in the configuration of Debian 12's package of that name, 6.12.117; read there, and booted.
    private static readonly string[] s_debian12Options =
    [
        "CONFIG_DAMON", "CONFIG_DAMON_SYSFS", "CONFIG_DAMON_VADDR", "CONFIG_DAMON_PADDR", "CONFIG_MEM_SOFT_DIRTY", "CONFIG_USERFAULTFD",
        "CONFIG_BPF_SYSCALL", "CONFIG_DEBUG_INFO_BTF", "CONFIG_PROC_PAGE_MONITOR", "CONFIG_PERF_EVENTS",
    ];

    internal static Distribution Read() => Read("/etc/os-release");

    internal static Distribution Read(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (line.Split('=', 2) is [string key, string value])
            {
                values[key] = value.Trim('"', '\'');
            }
        }

        return new Distribution(
            values.GetValueOrDefault("ID", ""), values.GetValueOrDefault("VERSION_ID", ""), values.GetValueOrDefault("PRETTY_NAME", "unknown"));
    }

    /// <summary>How to get a kernel with options that the running one lacks; null when it lacks none.</summary>
    internal string? KernelWith(IReadOnlyList<string> missing)
    {
        if (missing.Count == 0)
        {
            return null;
        }

        string options = string.Join(" and ", missing.Select(option => option + "=y"));
        if (Id != "debian" || VersionId != "12")
        {
            return $"a kernel with {options}";
        }

        return missing.All(s_debian12Options.Contains)
            ? $"a kernel with {options}: apt-get install {Debian12Package}, and reboot"
            : $"a kernel with {options}: Debian has none; tools/kernel-lab builds one from linux-source-6.12";
    }
}
