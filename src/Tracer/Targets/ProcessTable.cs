using System.Globalization;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// The processes of now, as /proc lists them: one small read each, 10 to 20 us. Not atomic, as /proc is not: what forks while it is read
/// is seen the next time.
/// </summary>
internal sealed class ProcessTable
{
    private readonly Dictionary<int, ProcessEntry> _entries;

    private ProcessTable(Dictionary<int, ProcessEntry> entries) => _entries = entries;

    internal IReadOnlyCollection<ProcessEntry> Entries => _entries.Values;

    /// <summary>Reads it. Kernel threads and what has exited are left out.</summary>
    internal static ProcessTable Read()
    {
        Dictionary<int, ProcessEntry> entries = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ProcessEntry.TryRead(pid, out ProcessEntry entry))
            {
                entries.Add(pid, entry);
            }
        }

        return new ProcessTable(entries);
    }

    internal bool TryFind(int pid, out ProcessEntry entry) => _entries.TryGetValue(pid, out entry);
}

/// <summary>One process in the table.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="ParentPid">That of its parent.</param>
/// <param name="StartTimeTicks">With the pid it names one process for ever.</param>
/// <param name="Comm">Its name, at most 15 bytes.</param>
internal readonly record struct ProcessEntry(int Pid, int ParentPid, ulong StartTimeTicks, string Comm)
{
    /// <summary>Reads one process; false when there is none that could be a target.</summary>
    internal static bool TryRead(int pid, out ProcessEntry entry)
    {
        entry = default;
        using ProcDirectory? proc = ProcDirectory.Open(pid, out _);
        Span<byte> buffer = stackalloc byte[ProcStat.MaxLength];
        int length = proc?.Read("stat", buffer) ?? -1;
        if (length <= 0 || !ProcStat.TryParse(buffer[..length], out ProcStat stat) || stat.IsKernelThread || stat.HasExited)
        {
            return false;
        }

        entry = new ProcessEntry(pid, stat.ParentPid, stat.StartTimeTicks, SafeText.FromUtf8(ProcStat.CommOf(buffer[..length])));
        return true;
    }

    /// <summary>The path of its program; null when that may not be seen.</summary>
    internal string? Program
    {
        get
        {
            try
            {
                return new FileInfo($"/proc/{Pid}/exe").LinkTarget;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Its effective user; null once it has exited.</summary>
    internal uint? EffectiveUid
    {
        get
        {
            using ProcDirectory? proc = ProcDirectory.Open(Pid, out _);
            return proc is not null && ProcStatus.TryRead(proc, "\nUid:"u8, column: 1, out uint uid) ? uid : null;
        }
    }

    /// <summary>Its arguments as /proc has them; empty when they cannot be read.</summary>
    internal byte[] Arguments
    {
        get
        {
            try
            {
                return File.ReadAllBytes($"/proc/{Pid}/cmdline");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }
}
