using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>Memory of a control group (cgroup v2).</summary>
internal static class CgroupMemory
{
    private static readonly Lazy<ControlGroups> s_groups = new(ControlGroups.Read);

    /// <summary>What it uses, in KiB; null when there is no such group.</summary>
    internal static ulong? ReadKb(string path)
    {
        try
        {
            return ulong.Parse(File.ReadAllText(s_groups.Value.FolderOf(path) + "/memory.current").Trim(), CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or TargetUnavailableException)
        {
            return null;
        }
    }
}
