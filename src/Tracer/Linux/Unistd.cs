using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>unistd.h. Each wrapper returns the call's result, or -errno.</summary>
internal static unsafe partial class Unistd
{
    private const int _SC_CLK_TCK = 2;

    /// <summary>Page size of this system in bytes.</summary>
    internal static int PageSize { get; } = Environment.SystemPageSize;

    /// <summary>The unit of times in /proc/PID/stat.</summary>
    internal static long ClockTicksPerSecond => sysconf(_SC_CLK_TCK);

    /// <summary>Opens a file; an invalid handle and the errno when it cannot be opened.</summary>
    internal static SafeFileHandle Open(string path, int flags, out int errno)
    {
        using var name = new CString(path, stackalloc byte[CString.BufferSize]);
        int fd;
        do
        {
            fd = open(name, flags | O_CLOEXEC, 0);
            errno = fd < 0 ? Errno.Last : 0;
        }
        while (errno == Errno.EINTR);

        return new SafeFileHandle(fd, ownsHandle: true);
    }

    internal static long PRead(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        using var fd = new Descriptor(file);
        fixed (byte* data = buffer)
        {
            long result = pread(fd, data, buffer.Length, offset);
            return result < 0 ? -Errno.Last : result;
        }
    }

    internal static long PWrite(SafeFileHandle file, ReadOnlySpan<byte> buffer, long offset)
    {
        using var fd = new Descriptor(file);
        fixed (byte* data = buffer)
        {
            long result = pwrite(fd, data, buffer.Length, offset);
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
        int flags = fcntl(descriptor, F_GETFD);
        return flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }

    /// <summary>Makes a descriptor stand for a file, for programs started from here on as well: 0 or -errno.</summary>
    internal static int OpenAs(int descriptor, string path, int flags)
    {
        using SafeFileHandle file = Open(path, flags, out int errno);
        if (errno != 0)
        {
            return -errno;
        }

        using var fd = new Descriptor(file);
        return dup2(fd, descriptor) < 0 ? -Errno.Last : 0;
    }

    /// <summary>Becomes another program; returns only when that fails.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, each ended by a NUL.</param>
    /// <param name="environment">Its environment, each entry ended by a NUL.</param>
    internal static void Execute(string path, byte[] arguments, byte[] environment)
    {
        using var name = new CString(path, stackalloc byte[CString.BufferSize]);
        fixed (byte* argumentBytes = arguments)
        fixed (byte* environmentBytes = environment)
        {
            nint[] argv = Pointers(arguments, argumentBytes);
            nint[] envp = Pointers(environment, environmentBytes);
            fixed (nint* first = argv)
            fixed (nint* second = envp)
            {
                _ = execve(name, (byte**)first, (byte**)second);
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
        using var name = new CString(path, stackalloc byte[CString.BufferSize]);
        return access(name, W_OK) == 0;
    }

    [LibraryImport("libc")]
    internal static partial int gettid();
}
