using Damon.Trace.Tracer.Linux;
using static Damon.Trace.Tracer.Linux.SysCapability;

namespace Damon.Trace.Cli;

/// <summary>
/// What root may do and the command has no need of is given up before any thread of ours begins: each has the rights of the one that began it. The
/// few threads of the runtime that are there already keep theirs; none of our code runs on them. A program that a command starts gets all
/// rights of root back, as it does from a shell.
/// </summary>
internal static class LeastPrivileges
{
    /// <summary>Commands that look at no process: files are all they open.</summary>
    private static readonly HashSet<string> s_readers = ["script", "export", "report", "schemes", "completion", "help", "version", "warm"];

    /// <summary>To read any file, and to write below any folder. warm asks what of a file is cached, which is for its owner.</summary>
    private static readonly int[] s_files = [CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER];

    /// <summary>
    /// To look into other processes (PTRACE), their page tables (BPF, PERFMON) and page frames (ADMIN), to make pages old and to be in time (NICE), to
    /// lock rings of events beyond a user's share (IPC_LOCK, RESOURCE), to know the kernel's functions (SYSLOG), to end a command (KILL).
    /// </summary>
    private static readonly int[] s_processes =
    [
        .. s_files, CAP_KILL, CAP_IPC_LOCK, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_SYS_NICE, CAP_SYS_RESOURCE, CAP_SYSLOG, CAP_PERFMON, CAP_BPF,
    ];

    /// <summary>For the main thread, before all others. Without root there is nothing to be given up: capabilities were chosen by whoever gave them.</summary>
    internal static void Keep(string[] arguments)
    {
        if (Tmds.Linux.LibC.geteuid() == 0)
        {
            _ = SysCapability.Keep(arguments is [var command, ..] && s_readers.Contains(command) ? s_files : s_processes);
        }
    }
}
