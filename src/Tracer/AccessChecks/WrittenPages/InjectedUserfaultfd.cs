using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>
/// Makes a running process open a userfaultfd and hand it to us: its main thread is stopped, made to run two system calls, put back
/// exactly as it was and let go. Done on a thread of its own, to which the kernel ties the tracing: whatever happens, it ends with it.
/// Should this program be killed just in that time, the process goes on with wrong registers and will crash.
/// </summary>
internal static class InjectedUserfaultfd
{
    private const int MaxAttempts = 10;

    /// <summary>Looks whether it may be tried, and changes nothing.</summary>
    internal static Capability Probe(TargetProcess process)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return Capability.No($"injection is written for x86-64 only, not for {RuntimeInformation.ProcessArchitecture}");
        }

        if (ReadStatus(process, "Seccomp:"u8) != 0)
        {
            return Capability.No(
                $"process {process.Pid} ({process.Comm}) filters its system calls (seccomp): it might be killed for ours", "use another access check");
        }

        if (ReadStatus(process, "TracerPid:"u8) != 0)
        {
            return Capability.No($"process {process.Pid} ({process.Comm}) is being traced by another program", "let that end first");
        }

        if (ReadStatus(process, "PPid:"u8) == Environment.ProcessId)
        {
            // .NET's Process class waits for its children, and a stop that tracing causes looks like an exit to it.
            return Capability.No($"process {process.Pid} ({process.Comm}) is a child of this program, which must not trace it", "start it first and give its pid");
        }

        if (ControlGroups.IsFrozen(process.Pid))
        {
            // It can be stopped and changed, but would not run before it is thawed: for as long it would be waited for.
            return Capability.No($"process {process.Pid} ({process.Comm}) is frozen by its control group", "thaw it: echo 0 > .../cgroup.freeze");
        }

        using SafeFileHandle memory = OpenMemory(process, out int errno);
        return errno == 0
            ? Capability.Yes
            : Capability.No(
                $"process {process.Pid} ({process.Comm}) may not be traced: {Errno.Describe(errno)}",
                "run as root or with CAP_SYS_PTRACE; see /proc/sys/kernel/yama/ptrace_scope");
    }

    /// <summary>Takes one. Blocks for some milliseconds, most of which the target stands still: 0.2 at least, 3.6 in the median of 20 on two CPUs.</summary>
    /// <exception cref="TargetUnavailableException">It did not work; the process is as it was.</exception>
    internal static SafeFileHandle Take(TargetProcess process, out TimeSpan stopped)
    {
        SafeFileHandle? file = null;
        string? failure = null;
        TimeSpan took = default;
        var tracer = new Thread(() => file = Run(process, out took, out failure)) { Name = "injection", IsBackground = true };
        tracer.Start();
        tracer.Join();
        stopped = took;
        return file ?? throw new TargetUnavailableException(
            $"process {process.Pid} ({process.Comm}) did not open a userfaultfd: {failure}", "use another access check");
    }

    private static SafeFileHandle? Run(TargetProcess process, out TimeSpan stopped, out string? failure)
    {
        stopped = default;
        using SafeFileHandle memory = OpenMemory(process, out int errno);
        ulong site = errno == 0 ? SystemCallSite.Find(process.Pid, memory) : 0;
        if (site == 0)
        {
            failure = errno != 0 ? Errno.Describe(errno) : "no system call instruction was found in its memory";
            return null;
        }

        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            using var tracee = new Tracee(process, memory, site);
            if (tracee.TryStop(out failure, out bool tryAgain))
            {
                SafeFileHandle? file = OpenIn(process, tracee, out failure);
                stopped = tracee.LetGo();
                return file;
            }

            if (!tryAgain)
            {
                return null;
            }

            Thread.Sleep(1);
        }

        failure = "its main thread was in a restartable sequence each time";
        return null;
    }

    private static SafeFileHandle? OpenIn(TargetProcess process, Tracee tracee, out string? failure)
    {
        const long SYS_close = 3;
        failure = null;
        long opened = tracee.Call(Userfaultfd.SYS_userfaultfd, Userfaultfd.UnprivilegedFlags);
        if (opened < 0)
        {
            failure = $"userfaultfd: {Errno.Describe((int)-opened)}";
            return null;
        }

        SafeFileHandle file = SysPidfd.GetFd(process.PidFd, (int)opened, out int errno);
        _ = tracee.Call(SYS_close, opened);
        failure = errno != 0 ? $"pidfd_getfd: {Errno.Describe(errno)}" : null;
        return errno == 0 ? file : null;
    }

    /// <summary>Opening a process's memory for writing takes the rights that tracing it takes.</summary>
    private static SafeFileHandle OpenMemory(TargetProcess process, out int errno) =>
        Unistd.Open($"/proc/{process.Pid}/mem", O_RDWR, out errno);

    private static uint ReadStatus(TargetProcess process, ReadOnlySpan<byte> key) =>
        ProcStatus.TryRead(process.Proc, key, column: 0, out uint value) ? value : 0;
}
