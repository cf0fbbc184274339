using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Limits;

/// <summary>The memory controller's files of one control group (version 2).</summary>
internal sealed class MemoryGroup
{
    internal const string Unlimited = "max";

    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    internal string Folder => _folder;

    /// <summary>memory.high as it is: bytes, or <c>max</c>. Writing it makes the kernel reclaim at once, for as long as it takes.</summary>
    internal string High
    {
        get => File.ReadAllText(PathOf("memory.high")).Trim();
        set => File.WriteAllText(PathOf("memory.high"), value);
    }

    internal ulong CurrentBytes => ulong.Parse(File.ReadAllText(PathOf("memory.current")).AsSpan().Trim(), CultureInfo.InvariantCulture);

    /// <summary>Of these, memory of the kernel for the group (page tables, stacks, slabs), which no process maps and no recording knows.</summary>
    internal ulong KernelBytes
    {
        get
        {
            string[] stat = File.ReadAllLines(PathOf("memory.stat"));
            ulong kernel = Number(stat, "kernel");
            return kernel > 0 ? kernel : Number(stat, "kernel_stack") + Number(stat, "pagetables") + Number(stat, "slab") + Number(stat, "percpu");
        }
    }

    /// <summary>A group that has the memory controller and may be limited.</summary>
    /// <exception cref="TargetUnavailableException">There is no such group.</exception>
    /// <exception cref="UserErrorException">It has no memory controller, or its limit is not ours to set.</exception>
    internal static MemoryGroup Open(string path)
    {
        string folder = ControlGroups.Read().FolderOf(path);
        string high = Path.Join(folder, "memory.high");
        if (!File.Exists(high))
        {
            throw new UserErrorException(
                $"{folder} has no memory controller",
                "it takes control groups of version 2 with 'memory' in the parent's cgroup.subtree_control; the root group has no limits", ExitCode.TargetGone);
        }

        try
        {
            // Shared: the default locks the file, and fails where somebody else has it open.
            using FileStream trial = File.Open(high, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException($"{high} is not yours to write", "run as root, or as the user to whom the group is delegated", ExitCode.TargetGone);
        }

        return new MemoryGroup(folder);
    }

    /// <summary>What has happened so far.</summary>
    internal MemoryGroupCounters Read()
    {
        string[] stat = File.ReadAllLines(PathOf("memory.stat"));
        string[] pressure = File.Exists(PathOf("memory.pressure")) ? File.ReadAllLines(PathOf("memory.pressure")) : [];
        return new MemoryGroupCounters(
            Environment.TickCount64 / 1e3, CurrentBytes,
            Number(stat, "workingset_refault_anon") + Number(stat, "workingset_refault_file") + Number(stat, "workingset_refault"),
            Number(stat, "pgmajfault"),
            Stalled(pressure, "some"), Stalled(pressure, "full"));
    }

    private static ulong Number(string[] lines, string key) => lines
        .Where(line => line.StartsWith(key + " ", StringComparison.Ordinal))
        .Select(line => ulong.Parse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture)).FirstOrDefault();

    /// <summary>Documentation/accounting/psi.rst: <c>some avg10=0.00 avg60=0.00 avg300=0.00 total=0</c>, in microseconds; null where PSI is off.</summary>
    private static double? Stalled(string[] lines, string kind)
    {
        string? line = Array.Find(lines, line => line.StartsWith(kind + " ", StringComparison.Ordinal));
        int at = line?.LastIndexOf("total=", StringComparison.Ordinal) ?? -1;
        return at >= 0 ? double.Parse(line.AsSpan(at + "total=".Length), CultureInfo.InvariantCulture) / 1e6 : null;
    }

    private string PathOf(string name) => Path.Join(_folder, name);
}

/// <summary>Counters of a control group at one moment.</summary>
/// <param name="Seconds">When.</param>
/// <param name="CurrentBytes">Memory it holds, page cache included.</param>
/// <param name="Refaults">Pages that came back after they had been reclaimed.</param>
/// <param name="MajorFaults">Faults that waited for a device.</param>
/// <param name="SomeStalledSeconds">Time in which some task waited for memory; null where PSI is off.</param>
/// <param name="FullStalledSeconds">Time in which all did.</param>
internal readonly record struct MemoryGroupCounters(
    double Seconds, ulong CurrentBytes, ulong Refaults, ulong MajorFaults, double? SomeStalledSeconds, double? FullStalledSeconds);
