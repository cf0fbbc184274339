using System.Globalization;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>Memory of a control group (cgroup v2).</summary>
internal static class CgroupMemory
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>What it uses, in KiB; null when there is no such group.</summary>
    internal static ulong? ReadKb(string path)
    {
        try
        {
            string group = path.StartsWith(Root, StringComparison.Ordinal) ? path : Root + "/" + path.TrimStart('/');
            return ulong.Parse(File.ReadAllText(group + "/memory.current").Trim(), CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
