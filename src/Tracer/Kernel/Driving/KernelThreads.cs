using System.Globalization;
using System.Text;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>Looks into /proc: which kdamonds run, whoever started them, and whether a process still is the one it was. Only reads.</summary>
internal sealed class KernelThreads
{
    private const string KdamondPrefix = "kdamond.";

    private readonly string _proc;

    internal KernelThreads(string proc = "/proc") => _proc = proc;

    /// <summary>Thread ids and names of the kernel's kdamonds: also those of modules, which the sysfs interface does not show.</summary>
    internal List<(int Tid, string Comm)> Kdamonds()
    {
        var kdamonds = new List<(int, string)>();
        foreach (string directory in Directory.EnumerateDirectories(_proc))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && TryRead(pid, out ProcStat stat, out string comm)
                && stat.IsKernelThread && comm.StartsWith(KdamondPrefix, StringComparison.Ordinal))
            {
                kdamonds.Add((pid, comm));
            }
        }

        return kdamonds;
    }

    /// <summary>Start time of a process or thread in clock ticks after boot; 0 when it is gone.</summary>
    internal ulong StartTicks(int pid) => TryRead(pid, out ProcStat stat, out _) && !stat.HasExited ? stat.StartTimeTicks : 0;

    /// <summary>Number of this boot.</summary>
    internal string BootId() => File.ReadAllText(Path.Combine(_proc, "sys", "kernel", "random", "boot_id")).Trim();

    private bool TryRead(int pid, out ProcStat stat, out string comm)
    {
        try
        {
            byte[] text = File.ReadAllBytes(Path.Combine(_proc, pid.ToString(CultureInfo.InvariantCulture), "stat"));
            comm = Encoding.UTF8.GetString(ProcStat.CommOf(text));
            return ProcStat.TryParse(text, out stat);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            stat = default;
            comm = "";
            return false;
        }
    }
}
