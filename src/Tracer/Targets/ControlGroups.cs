using System.Globalization;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Control groups: where their hierarchies are mounted, which folder a name stands for, and the processes in one and all below it. Version 2, and
/// where systemd has its units in a hierarchy of version 1 of its own, that one for units.
/// </summary>
public sealed class ControlGroups
{
    private const string NotMounted = "no control group hierarchy of version 2 is mounted here";
    private const string MountHint = "mount -t cgroup2 none /sys/fs/cgroup, or in a container bind-mount the host's /sys/fs/cgroup";

    private readonly string? _root;
    private readonly string? _systemd;

    private ControlGroups(string? root, string? systemd)
    {
        _root = root;
        _systemd = systemd;
    }

    /// <summary>Where version 2 is mounted; null when it is not.</summary>
    public string? Root => _root;

    /// <summary>Reads the mounts of now.</summary>
    public static ControlGroups Read() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>proc_pid_mountinfo(5): id parent major:minor root mount-point options optional... - type source super-options.</summary>
    internal static ControlGroups Parse(IEnumerable<string> mountInfo)
    {
        string? root = null;
        string? systemd = null;
        foreach (string line in mountInfo)
        {
            string[] halves = line.Split(" - ", 2);
            string[] mount = halves[0].Split(' ');
            string[] type = halves.Length > 1 ? halves[1].Split(' ') : [];
            if (mount.Length < 5 || type.Length < 3)
            {
                continue;
            }

            root ??= type[0] == "cgroup2" ? mount[4] : null;
            systemd ??= type[0] == "cgroup" && type[2].Split(',').Contains("name=systemd") ? mount[4] : null;
        }

        return new ControlGroups(root, systemd);
    }

    /// <summary>The folder of a group: an absolute path of a folder that is one is taken as it is, anything else is below the root.</summary>
    /// <exception cref="TargetUnavailableException">There is no such group, or no hierarchy.</exception>
    public string FolderOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] == '/' && IsGroup(path))
        {
            return path.TrimEnd('/');
        }

        if (_root is null)
        {
            throw new TargetUnavailableException(NotMounted, MountHint);
        }

        string folder = Path.Join(_root, path.TrimStart('/')).TrimEnd('/');
        return IsGroup(folder)
            ? folder
            : throw new TargetUnavailableException(
                $"there is no control group '{path}' below {_root}", $"systemd-cgls, or find {_root} -type d, lists them; /proc/PID/cgroup has that of a process");
    }

    /// <summary>The folder of a systemd unit, which systemd names after it.</summary>
    /// <exception cref="TargetUnavailableException">No such unit has a group: it does not run, or is not there.</exception>
    public string FolderOfUnit(string unit)
    {
        string name = unit.Contains('.', StringComparison.Ordinal) ? unit : unit + ".service";
        string[] roots = [.. new[] { _root, _systemd }.OfType<string>()];
        return roots.Select(root => FindFolder(root, name)).FirstOrDefault(static folder => folder is not null)
            ?? throw new TargetUnavailableException(
                roots.Length == 0 ? NotMounted : $"no unit '{name}' runs: there is no control group of that name",
                roots.Length == 0 ? MountHint : $"systemctl status {name}");
    }

    /// <summary>The ids of all processes in a group and below it. Those of other PID namespaces, which have no id here, are left out.</summary>
    internal static IEnumerable<int> ProcessesIn(string folder)
    {
        foreach (string group in FoldersBelow(folder).Prepend(folder))
        {
            foreach (string line in ReadLines(Path.Join(group, "cgroup.procs")))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
                {
                    yield return pid;
                }
            }
        }
    }

    /// <summary>The group of a process in the hierarchy of version 2, or where it has none there, of systemd: <c>/system.slice/a.service</c>; empty when unknown.</summary>
    internal static string OfProcess(int pid)
    {
        // hierarchy:controllers:path; 0 is version 2.
        string[][] lines = [.. ReadLines($"/proc/{pid}/cgroup").Select(static line => line.Split(':', 3)).Where(static fields => fields.Length == 3)];
        string unified = lines.FirstOrDefault(static fields => fields[0] == "0")?[2] ?? "";
        string named = lines.FirstOrDefault(static fields => fields[1] == "name=systemd")?[2] ?? "";
        return unified.Length > 1 || named.Length <= 1 ? unified : named;
    }

    /// <summary>Whether the group of a process, of version 2, or one above it is frozen.</summary>
    internal static bool IsFrozen(int pid)
    {
        string? group = ReadLines($"/proc/{pid}/cgroup").Select(static line => line.Split(':', 3)).FirstOrDefault(static fields => fields is ["0", _, _])?[2];
        return group is not null && Read().Root is { } root && ReadLines(Path.Join(root, group, "cgroup.events")).Contains("frozen 1");
    }

    /// <summary>The unit that systemd has made a group for: the innermost service or scope; empty where there is none.</summary>
    internal static string UnitOf(string group) => group.Split('/').LastOrDefault(static part =>
        part.EndsWith(".service", StringComparison.Ordinal) || part.EndsWith(".scope", StringComparison.Ordinal)) ?? "";

    private static bool IsGroup(string folder) => File.Exists(Path.Join(folder, "cgroup.procs"));

    private static string? FindFolder(string root, string name) =>
        FoldersBelow(root).FirstOrDefault(folder => Path.GetFileName(folder.AsSpan()).SequenceEqual(name));

    private static IEnumerable<string> FoldersBelow(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateDirectories(folder, "*", options);
    }

    /// <summary>A group may be removed between two looks: then it has no processes.</summary>
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
