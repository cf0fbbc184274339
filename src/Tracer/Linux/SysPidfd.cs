using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/pidfd.h and poll.h: a handle on a process that its pid's reuse cannot redirect.</summary>
internal static unsafe partial class SysPidfd
{
    // The number is the same on every architecture (asm-generic/unistd.h).
    private const long SYS_pidfd_open = 434;
    private const long SYS_pidfd_getfd = 438;
    private const short POLLIN = 1;

    /// <summary>Opens a process; an invalid handle and the errno when there is none.</summary>
    internal static SafeFileHandle Open(int pid, out int errno)
    {
        long fd = syscall(SYS_pidfd_open, pid, 0);
        errno = fd < 0 ? Errno.Last : 0;
        return new SafeFileHandle((nint)fd, ownsHandle: true);
    }

    /// <summary>
    /// Duplicates a descriptor of a process into this one (Linux 5.6); an invalid handle and the errno when that is refused. Needs the
    /// rights to attach to it as a debugger.
    /// </summary>
    internal static SafeFileHandle GetFd(SafeFileHandle pidfd, int targetFd, out int errno)
    {
        long fd = syscall(SYS_pidfd_getfd, (long)pidfd.DangerousGetHandle(), targetFd, 0);
        errno = fd < 0 ? Errno.Last : 0;
        return new SafeFileHandle((nint)fd, ownsHandle: true);
    }

    /// <summary>True once the process has exited (a zombie counts as exited).</summary>
    internal static bool HasExited(SafeFileHandle pidfd)
    {
        var request = new PollFd { Fd = (int)pidfd.DangerousGetHandle(), Events = POLLIN };
        return poll(&request, 1, 0) > 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long argument1, long argument2);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long argument1, long argument2, long argument3);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFd* requests, ulong count, int timeoutMs);

    private struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short ReturnedEvents;
    }
}
