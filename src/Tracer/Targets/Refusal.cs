using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Targets;

/// <summary>Words for everything that keeps a process from being monitored.</summary>
internal static class Refusal
{
    private const string PermissionHint = "run damon-trace as root or as the owner of the process, or give it CAP_SYS_PTRACE and CAP_DAC_OVERRIDE";

    internal static TargetUnavailableException NoSuchProcess(int pid)
    {
        return new TargetUnavailableException($"there is no process {pid}", "ps -e lists the processes and their ids")
        {
            HasGone = true,
        };
    }

    internal static TargetUnavailableException Thread(int tid, int pid)
    {
        return new TargetUnavailableException(
            $"{tid} is a thread of process {pid}", $"threads share their memory: monitor the process, {pid}");
    }

    /// <param name="pid">Its id.</param>
    /// <param name="comm">Its name; empty where it is not known.</param>
    internal static TargetUnavailableException Exited(int pid, string comm)
    {
        string name = comm.Length > 0 ? $" ({comm})" : "";
        return new TargetUnavailableException(
            $"process {pid}{name} has exited", "start it again and use its new process id")
        {
            HasGone = true,
        };
    }

    internal static TargetUnavailableException Replaced(int pid)
    {
        return new TargetUnavailableException(
            $"process {pid} has exited; another process has its id now", "look up the process id again, for example with pgrep")
        {
            HasGone = true,
        };
    }

    internal static TargetUnavailableException KernelThread(int pid, string comm)
    {
        return new TargetUnavailableException(
            $"process {pid} ({comm}) is a kernel thread: it has no memory of its own", "choose a user process, or monitor physical memory");
    }

    /// <summary>A call on a process failed. Its memory goes, and every call finds nobody, some time before the process is over for those who wait for it.</summary>
    internal static TargetUnavailableException System(int pid, int errno)
    {
        if (errno == Errno.ESRCH)
        {
            return Exited(pid, comm: "");
        }

        string hint = errno == Errno.ENOSYS ? "pidfd_open needs Linux 5.3 or newer" : "this is an error of the system, not of the process";
        return new TargetUnavailableException($"process {pid} cannot be opened: {Errno.Describe(errno)}", hint);
    }

    /// <summary>The system refused: names the owner, and tells the cases apart where another user would not help.</summary>
    internal static TargetUnavailableException Permission(int pid, string comm, uint? owner)
    {
        uint self = geteuid();
        if (owner is null)
        {
            return new TargetUnavailableException($"process {pid} is hidden from {UserName(self)}", PermissionHint);
        }

        string message = owner == self
            ? $"process {pid} ({comm}) is yours but protected: it is set-user-id, not dumpable, or has more privileges than you"
            : $"process {pid} ({comm}) belongs to {UserName(owner.Value)} and you are {UserName(self)}";
        return new TargetUnavailableException(message, PermissionHint);
    }

    /// <summary>The name and number of a user: <c>root (uid 0)</c>.</summary>
    private static string UserName(uint uid) => Users.NameOf(uid) is { } name ? $"{name} (uid {uid})" : $"uid {uid}";
}
