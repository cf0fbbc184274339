using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// One process, for as long as it lives. Held by a pidfd and by its open /proc directory, so that another process that gets the same pid
/// later is never followed. An exec does not end a target: it is the same process with new mappings.
/// </summary>
public sealed class TargetProcess : IDisposable
{
    private const int MaxCommandLineLength = 4096;

    private string _comm = "";
    private string _commandLine = "";

    private TargetProcess(int pid, SafeFileHandle pidFd, ProcDirectory proc)
    {
        Pid = pid;
        PidFd = pidFd;
        Proc = proc;
    }

    /// <summary>Process id.</summary>
    public int Pid { get; }

    /// <summary>Start time in clock ticks after boot: with the pid it names one process. Settable for tests of a reused pid.</summary>
    public ulong StartTimeTicks { get; internal set; }

    /// <summary>A handle that signals the exit and takes process_madvise. Belongs to the target.</summary>
    public SafeFileHandle PidFd { get; }

    /// <summary>Its files below /proc.</summary>
    internal ProcDirectory Proc { get; }

    /// <summary>True once the process has exited, also while it is a zombie.</summary>
    public bool HasExited => PidFd.IsClosed || SysPidfd.HasExited(PidFd);

    /// <summary>False once the process has exited or the pid stands for another process.</summary>
    public bool IsAlive => !HasExited && TryReadStat(out ProcStat stat) && stat.StartTimeTicks == StartTimeTicks && !stat.HasExited;

    /// <summary>Its name, at most 15 bytes; changes with exec. The last one known after the exit.</summary>
    public string Comm
    {
        get
        {
            Span<byte> buffer = stackalloc byte[ProcStat.MaxLength];
            int length = Proc.Read("stat", buffer);
            if (length > 0)
            {
                _comm = SafeText.FromUtf8(ProcStat.CommOf(buffer[..length]));
            }

            return _comm;
        }
    }

    /// <summary>Its arguments joined by blanks, at most 4096 bytes; changes with exec. The last one known after the exit.</summary>
    public string CommandLine
    {
        get
        {
            Span<byte> buffer = stackalloc byte[MaxCommandLineLength];
            int length = Proc.Read("cmdline", buffer);
            if (length > 0)
            {
                Span<byte> arguments = buffer[..length].TrimEnd((byte)0);
                arguments.Replace((byte)0, (byte)' ');
                _commandLine = SafeText.FromUtf8(arguments);
            }

            return _commandLine;
        }
    }

    /// <summary>Number of threads now; 0 after the exit. No allocation.</summary>
    public int NrThreads => TryReadStat(out ProcStat stat) ? stat.NrThreads : 0;

    /// <summary>The CPU on which the main thread ran last (field 39 of /proc/PID/stat); -1 after the exit. No allocation.</summary>
    public int Cpu => TryReadStat(out ProcStat stat) ? stat.Cpu : -1;

    /// <summary>The effective user id under which it runs now.</summary>
    public uint EffectiveUid => ProcStatus.TryRead(Proc, "\nUid:"u8, column: 1, out uint uid) ? uid : uint.MaxValue;

    /// <summary>The effective group id under which it runs now; null after the exit.</summary>
    public uint? EffectiveGid => ProcStatus.TryRead(Proc, "\nGid:"u8, column: 1, out uint gid) ? gid : null;

    /// <summary>Opens a running process whose memory the caller may look at.</summary>
    /// <exception cref="TargetUnavailableException">No such process, not a process with memory, or not permitted.</exception>
    public static TargetProcess Open(int pid)
    {
        if (pid <= 0)
        {
            throw Refusal.NoSuchProcess(pid);
        }

        SafeFileHandle pidFd = SysPidfd.Open(pid, out int errno);
        ProcDirectory? proc = null;
        try
        {
            proc = ProcDirectory.Open(pid, out _);
            if (errno != 0)
            {
                throw OpenRefused(pid, errno, proc);
            }

            if (proc is null)
            {
                throw SysPidfd.HasExited(pidFd) ? Refusal.NoSuchProcess(pid) : Refusal.Permission(pid, "", owner: null);
            }

            var target = new TargetProcess(pid, pidFd, proc);
            target.CheckUsable();
            return target;
        }
        catch
        {
            proc?.Dispose();
            pidFd.Dispose();
            throw;
        }
    }

    /// <summary>Opens a process known from earlier, and not another one that has its pid by now.</summary>
    /// <exception cref="TargetUnavailableException">As in <see cref="Open(int)"/>, or the start time is another one.</exception>
    public static TargetProcess Open(int pid, ulong startTimeTicks)
    {
        TargetProcess target = Open(pid);
        if (target.StartTimeTicks == startTimeTicks)
        {
            return target;
        }

        target.Dispose();
        throw Refusal.Replaced(pid);
    }

    /// <summary>Opens all of them, or none.</summary>
    /// <exception cref="TargetUnavailableException">As in <see cref="Open(int)"/>.</exception>
    internal static List<TargetProcess> OpenAll(IReadOnlyList<int> pids) => OpenThoseAllowed(pids, pids, int.MaxValue);

    /// <summary>Opens those that exist and may be looked at; at least one.</summary>
    /// <param name="pids">The processes.</param>
    /// <param name="needed">Of them those that must be opened.</param>
    /// <param name="most">More than these are left out.</param>
    /// <param name="leftOut">Told why one is left out; null where nobody wants to know.</param>
    /// <exception cref="TargetUnavailableException">As in <see cref="Open(int)"/>, for one that is needed or where none is left.</exception>
    public static List<TargetProcess> OpenThoseAllowed(
        IReadOnlyList<int> pids, IReadOnlyList<int> needed, int most, Action<TargetUnavailableException>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(pids);
        ArgumentNullException.ThrowIfNull(needed);
        List<TargetProcess> opened = [];
        TargetUnavailableException? refusal = null;
        try
        {
            foreach (int pid in pids.Take(most))
            {
                try
                {
                    opened.Add(Open(pid));
                }
                catch (TargetUnavailableException refused) when (!needed.Contains(pid))
                {
                    refusal ??= refused;
                    leftOut?.Invoke(refused);
                }
            }

            return opened.Count > 0 ? opened : throw refusal ?? Refusal.NoSuchProcess(pids[0]);
        }
        catch
        {
            opened.ForEach(static process => process.Dispose());
            throw;
        }
    }

    /// <summary>The description that goes into the stream.</summary>
    public TargetDescription ToDescription(ulong targetId) => new(targetId, Pid, StartTimeTicks, Comm, CommandLine);

    /// <inheritdoc/>
    public void Dispose()
    {
        Proc.Dispose();
        PidFd.Dispose();
    }

    internal bool TryReadStat(out ProcStat stat)
    {
        Span<byte> buffer = stackalloc byte[ProcStat.MaxLength];
        int length = PidFd.IsClosed ? -1 : Proc.Read("stat", buffer);
        if (length > 0)
        {
            return ProcStat.TryParse(buffer[..length], out stat);
        }

        stat = default;
        return false;
    }

    private static TargetUnavailableException OpenRefused(int pid, int errno, ProcDirectory? proc)
    {
        // pidfd_open takes only the first thread of a process: EINVAL, in newer kernels ENOENT, for the others.
        if (errno is Errno.EINVAL or Errno.ENOENT && proc is not null
            && ProcStatus.TryRead(proc, "\nTgid:"u8, column: 0, out uint tgid) && tgid != (uint)pid)
        {
            return Refusal.Thread(pid, (int)tgid);
        }

        return errno is Errno.ESRCH or Errno.EINVAL or Errno.ENOENT ? Refusal.NoSuchProcess(pid) : Refusal.System(pid, errno);
    }

    private void CheckUsable()
    {
        if (!TryReadStat(out ProcStat stat))
        {
            throw Refusal.NoSuchProcess(Pid);
        }

        StartTimeTicks = stat.StartTimeTicks;
        string comm = Comm;
        if (stat.IsKernelThread)
        {
            throw Refusal.KernelThread(Pid, comm);
        }

        // The pidfd came first and its process still lives, so the directory opened in between is of the same process.
        if (stat.HasExited || HasExited)
        {
            throw Refusal.Exited(Pid, comm);
        }

        int error = Proc.TryOpen("maps", O_RDONLY);
        if (error is -Errno.EACCES or -Errno.EPERM)
        {
            throw Refusal.Permission(Pid, comm, EffectiveUid);
        }

        if (error < 0)
        {
            throw error is -Errno.ESRCH or -Errno.ENOENT ? Refusal.Exited(Pid, comm) : Refusal.System(Pid, -error);
        }

        _ = CommandLine;
    }
}
