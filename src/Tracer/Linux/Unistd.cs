using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>unistd.h and fcntl.h. Each wrapper returns the call's result, or -errno.</summary>
internal static unsafe partial class Unistd
{
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CLOEXEC = 0x80000;

    internal const int _SC_CLK_TCK = 2;

    /// <summary>Page size of this system in bytes.</summary>
    internal static int PageSize { get; } = Environment.SystemPageSize;

    /// <summary>Opens a file; an invalid handle and the errno when it cannot be opened.</summary>
    internal static SafeFileHandle Open(string path, int flags, out int errno)
    {
        int fd;
        do
        {
            fd = open(path, flags | O_CLOEXEC, 0);
            errno = fd < 0 ? Errno.Last : 0;
        }
        while (errno == Errno.EINTR);

        return new SafeFileHandle(fd, ownsHandle: true);
    }

    internal static long PRead(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        fixed (byte* data = buffer)
        {
            long result = pread(file, data, (nuint)buffer.Length, offset);
            return result < 0 ? -Errno.Last : result;
        }
    }

    internal static long PWrite(SafeFileHandle file, ReadOnlySpan<byte> buffer, long offset)
    {
        fixed (byte* data = buffer)
        {
            long result = pwrite(file, data, (nuint)buffer.Length, offset);
            return result < 0 ? -Errno.Last : result;
        }
    }

    /// <summary>Leaves at once, without finalizers and without waiting for any thread.</summary>
    [DoesNotReturn]
    internal static void ExitNow(int status)
    {
        _exit(status);
        throw new InvalidOperationException("_exit returned");
    }

    /// <summary>
    /// Whether the parent handed a descriptor over: then it is open and not close-on-exec, as all are that the runtime itself opens.
    /// </summary>
    internal static bool IsInherited(int descriptor)
    {
        const int F_GETFD = 1;
        const int FD_CLOEXEC = 1;
        int flags = fcntl(descriptor, F_GETFD);
        return flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }

    /// <summary>Makes a descriptor stand for a file, for programs started from here on as well: 0 or -errno.</summary>
    internal static int OpenAs(int descriptor, string path, int flags)
    {
        using SafeFileHandle file = Open(path, flags, out int errno);
        return errno != 0 ? -errno : dup2(file, descriptor) < 0 ? -Errno.Last : 0;
    }

    /// <summary>Becomes another program; returns only when that fails.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, each ended by a NUL.</param>
    /// <param name="environment">Its environment, each entry ended by a NUL.</param>
    internal static void Execute(string path, byte[] arguments, byte[] environment)
    {
        fixed (byte* argumentBytes = arguments)
        fixed (byte* environmentBytes = environment)
        {
            nint[] argv = Pointers(arguments, argumentBytes);
            nint[] envp = Pointers(environment, environmentBytes);
            fixed (nint* first = argv)
            fixed (nint* second = envp)
            {
                _ = execve(path, first, second);
            }
        }
    }

    /// <summary>A pointer to each of the texts, and a null at the end.</summary>
    private static nint[] Pointers(byte[] texts, byte* begin)
    {
        var pointers = new List<nint>();
        for (int i = 0; i < texts.Length; i = Array.IndexOf(texts, (byte)0, i) + 1)
        {
            pointers.Add((nint)(begin + i));
        }

        return [.. pointers, 0];
    }

    /// <summary>
    /// Gives up root for good, for all threads: groups, group and user become those given (setgroups, setresgid, setresuid).
    /// </summary>
    /// <returns>0 or -errno.</returns>
    internal static int BecomeUser(uint uid, uint gid)
    {
        return setgroups(0, null) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0 ? -Errno.Last : 0;
    }

    /// <summary>Whether the file of a path may be written by this user; links are followed, nothing is opened.</summary>
    internal static bool MayWrite(string path)
    {
        const int W_OK = 2;
        return access(path, W_OK) == 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(SafeFileHandle oldFd, int newFd);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string path, nint* argv, nint* envp);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long pread(SafeFileHandle fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long pwrite(SafeFileHandle fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc")]
    internal static partial int gettid();

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setgroups(nuint size, uint* list);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresgid(uint rgid, uint egid, uint sgid);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresuid(uint ruid, uint euid, uint suid);

    [LibraryImport("libc")]
    internal static partial long sysconf(int name);

    [LibraryImport("libc")]
    private static partial void _exit(int status);
}
