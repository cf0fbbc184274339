using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// unistd.h, fcntl.h, poll.h, sys/stat.h, sys/file.h and sys/vfs.h: calls relative to an open directory, and those whose answers .NET does
/// not pass on. Names are the bytes of the file system, which need not be UTF-8. Each wrapper returns the call's result, or -errno.
/// </summary>
internal static unsafe partial class LibC
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int EAGAIN = 11;
    internal const int EACCES = 13;
    internal const int EEXIST = 17;
    internal const int ELOOP = 40;

    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NOCTTY = 0x100;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_DIRECTORY = 0x1_0000;
    internal const int O_NOFOLLOW = 0x2_0000;
    internal const int O_CLOEXEC = 0x8_0000;
    internal const int O_PATH = 0x20_0000;

    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const int StatxBytes = 256;
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const short POLLOUT = 4;
    private const int PathMax = 4096;
    private const long PROC_SUPER_MAGIC = 0x9fa0;

    // The C library's struct statfs begins with f_type; 120 bytes on 64-bit Linux.
    private const int StatfsBytes = 256;

    /// <summary>The current directory, for the calls that take a directory.</summary>
    internal static SafeFileHandle CurrentDirectory { get; } = new(AT_FDCWD, ownsHandle: false);

    /// <summary>Opens a file; invalid, with the errno, when it cannot be opened.</summary>
    internal static SafeFileHandle OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, out int errno, int mode = 0)
    {
        int fd;
        do
        {
            fd = openat(directory, Terminated(name), flags | O_CLOEXEC, mode);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == EINTR);

        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>What a name in a directory stands for, not following it when it is a link: 0 or -errno.</summary>
    internal static int StatAt(SafeFileHandle directory, ReadOnlySpan<byte> name, out FileStatus status) =>
        Stat(directory, name, AT_SYMLINK_NOFOLLOW, out status);

    /// <summary>What is open: 0 or -errno.</summary>
    internal static int Stat(SafeFileHandle file, out FileStatus status) => Stat(file, [], AT_EMPTY_PATH, out status);

    /// <summary>The text of a link; empty when it cannot be read.</summary>
    internal static byte[] ReadLinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        byte* text = stackalloc byte[PathMax];
        long length = readlinkat(directory, Terminated(name), text, PathMax);
        return length <= 0 ? [] : new ReadOnlySpan<byte>(text, (int)length).ToArray();
    }

    internal static int RenameAt(SafeFileHandle directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        Result(renameat(directory, Terminated(from), directory, Terminated(to)));

    internal static int UnlinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name) => Result(unlinkat(directory, Terminated(name), 0));

    internal static int Truncate(SafeFileHandle file, long length) => Result(ftruncate(file, length));

    internal static int ChangeMode(SafeFileHandle file, uint mode) => Result(fchmod(file, mode));

    /// <summary>Locks a file for this process; 0, or -errno when another one has it.</summary>
    internal static int TryLock(SafeFileHandle file) => Result(flock(file, LOCK_EX | LOCK_NB));

    /// <summary>Whether a directory is one of procfs, whose links lead where their texts need not say.</summary>
    internal static bool IsProcFs(SafeFileHandle directory)
    {
        byte* status = stackalloc byte[StatfsBytes];
        return fstatfs(directory, status) == 0 && *(long*)status == PROC_SUPER_MAGIC;
    }

    /// <summary>Bytes written, or -errno.</summary>
    internal static long Write(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            long result = write(fd, data, (nuint)bytes.Length);
            return result < 0 ? -Marshal.GetLastPInvokeError() : result;
        }
    }

    /// <summary>Waits until something can be written to a descriptor somebody made non-blocking.</summary>
    internal static void WaitWritable(int fd)
    {
        PollFd entry = new() { Fd = fd, Events = POLLOUT };
        _ = poll(&entry, 1, -1);
    }

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    private static int Stat(SafeFileHandle file, ReadOnlySpan<byte> name, int flags, out FileStatus status)
    {
        // Offsets in struct statx (linux/stat.h).
        byte* buffer = stackalloc byte[StatxBytes];
        int result = Result(statx(file, Terminated(name), flags, STATX_BASIC_STATS, buffer));
        status = result != 0 ? default : new FileStatus(
            Mode: *(ushort*)(buffer + 28),
            Owner: *(uint*)(buffer + 20),
            Links: *(uint*)(buffer + 16),
            Inode: *(ulong*)(buffer + 32),
            Size: *(long*)(buffer + 40),
            Device: ((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140));
        return result;
    }

    private static byte[] Terminated(ReadOnlySpan<byte> name) => [.. name, 0];

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(SafeFileHandle dirfd, byte[] path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(SafeFileHandle dirfd, byte[] path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long readlinkat(SafeFileHandle dirfd, byte[] path, byte* text, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(SafeFileHandle oldDirfd, byte[] oldPath, SafeFileHandle newDirfd, byte[] newPath);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle dirfd, byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeFileHandle fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle fd, byte* status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long write(int fd, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFd* entries, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short Revents;
    }
}
