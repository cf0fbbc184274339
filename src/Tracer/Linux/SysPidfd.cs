using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/pidfd.h and poll.h: a handle on a process that its pid's reuse cannot redirect.</summary>
internal static unsafe class SysPidfd
{
    // The number is the same on every architecture (asm-generic/unistd.h).
    private const int SYS_pidfd_open = 434;
    private const int SYS_pidfd_getfd = 438;

    /// <summary>Opens a process; an invalid handle and the errno when there is none.</summary>
    internal static SafeFileHandle Open(int pid, out int errno)
    {
        int fd = (int)syscall(SYS_pidfd_open, pid, 0);
        errno = fd < 0 ? Errno.Last : 0;
        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>
    /// Duplicates a descriptor of a process into this one (Linux 5.6); an invalid handle and the errno when that is refused. Needs the
    /// rights to attach to it as a debugger.
    /// </summary>
    internal static SafeFileHandle GetFd(SafeFileHandle pidfd, int targetFd, out int errno)
    {
        using var process = new Descriptor(pidfd);
        int fd = (int)syscall(SYS_pidfd_getfd, (int)process, targetFd, 0);
        errno = fd < 0 ? Errno.Last : 0;
        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>True once the process has exited (a zombie counts as exited).</summary>
    internal static bool HasExited(SafeFileHandle pidfd)
    {
        using var process = new Descriptor(pidfd);
        var request = new pollfd { fd = process, events = POLLIN };
        return Poll.Wait(new Span<pollfd>(ref request), 0) > 0;
    }
}
