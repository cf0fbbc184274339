using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>Memory of a control group (cgroup v2).</summary>
internal static class CgroupMemory
{
    private static readonly Lazy<ControlGroups> s_groups = new(ControlGroups.Read);

    /// <summary>What it uses, in KiB, of one node or of all; null when there is no such group.</summary>
    internal static ulong? ReadKb(string path, int? node)
    {
        try
        {
            string folder = s_groups.Value.FolderOf(path);
            return node is int of
                ? File.ReadLines(folder + "/memory.numa_stat").Aggregate(0UL, (sum, line) => sum + OfNode(line, of)) / 1024
                : ulong.Parse(File.ReadAllText(folder + "/memory.current").Trim(), CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or TargetUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Whether there is such a group.</summary>
    internal static bool Exists(string path)
    {
        try
        {
            return path.Length > 0 && s_groups.Value.FolderOf(path).Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TargetUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Bytes of the pages on its lists: of lines such as "anon N0=4096 N1=0" those of anon and file.</summary>
    private static ulong OfNode(string line, int node)
    {
        string[] words = line.Split(' ');
        string? value = words[0] is "anon" or "file" ? Array.Find(words, word => word.StartsWith($"N{node}=", StringComparison.Ordinal)) : null;
        return value is null ? 0 : ulong.Parse(value.AsSpan(value.IndexOf('=', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
    }
}
