using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// Calls of the C library relative to an open directory, and those whose answers .NET does not pass on. Names are the bytes of the file system, which need not be UTF-8. Each wrapper returns the call's result, or -errno.
/// </summary>
internal static unsafe partial class FileCalls
{
    private const int LOCK_SH = 1;
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const int PathMax = 4096;
    private const long PROC_SUPER_MAGIC = 0x9fa0;

    // The C library's struct statfs begins with f_type; 120 bytes on 64-bit Linux.
    private const int StatfsBytes = 256;

    /// <summary>The current directory, for the calls that take a directory.</summary>
    internal static SafeFileHandle CurrentDirectory { get; } = new(AT_FDCWD, ownsHandle: false);

    /// <summary>Opens a file; invalid, with the errno, when it cannot be opened.</summary>
    internal static SafeFileHandle OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, out int errno, ushort mode = 0)
    {
        using var from = new Descriptor(directory);
        int fd;
        do
        {
            fixed (byte* path = Terminated(name))
            {
                fd = openat(from, path, flags | O_CLOEXEC, mode);
            }

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
        using var from = new Descriptor(directory);
        byte* text = stackalloc byte[PathMax];
        fixed (byte* path = Terminated(name))
        {
            long length = readlinkat(from, path, text, PathMax);
            return length <= 0 ? [] : new ReadOnlySpan<byte>(text, (int)length).ToArray();
        }
    }

    internal static int RenameAt(SafeFileHandle directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        Result(renameat(directory, Terminated(from), directory, Terminated(to)));

    internal static int UnlinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        using var from = new Descriptor(directory);
        fixed (byte* path = Terminated(name))
        {
            return Result(unlinkat(from, path, 0));
        }
    }

    internal static int Truncate(SafeFileHandle file, long length)
    {
        using var fd = new Descriptor(file);
        return Result(ftruncate(fd, length));
    }

    internal static int ChangeMode(SafeFileHandle file, ushort mode)
    {
        using var fd = new Descriptor(file);
        return Result(fchmod(fd, mode));
    }

    /// <summary>Locks a file for this process; 0, or -errno when another one has it.</summary>
    internal static int TryLock(SafeFileHandle file) => Result(flock(file, LOCK_EX | LOCK_NB));

    /// <summary>Lets others read a file that this process has locked, and none lock it; 0, or -errno when one did so just now.</summary>
    internal static int ShareLock(SafeFileHandle file) => Result(flock(file, LOCK_SH | LOCK_NB));

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
            long result = write(fd, data, bytes.Length);
            return result < 0 ? -Marshal.GetLastPInvokeError() : result;
        }
    }

    /// <summary>Waits until something can be written to a descriptor somebody made non-blocking.</summary>
    internal static void WaitWritable(int fd)
    {
        pollfd entry = new() { fd = fd, events = POLLOUT };
        _ = poll(&entry, 1, -1);
    }

    private static int Stat(SafeFileHandle file, ReadOnlySpan<byte> name, int flags, out FileStatus status)
    {
        using var fd = new Descriptor(file);
        fixed (byte* path = Terminated(name))
        {
            statx known;
            int result = Result(statx(fd, path, flags, STATX_BASIC_STATS, &known));
            status = result != 0 ? default : new FileStatus(
                Mode: known.stx_mode,
                Owner: known.stx_uid,
                Links: known.stx_nlink,
                Inode: known.stx_ino,
                Size: (long)known.stx_size,
                Device: ((ulong)known.stx_dev_major << 32) | known.stx_dev_minor);
            return result;
        }
    }

    private static byte[] Terminated(ReadOnlySpan<byte> name) => [.. name, 0];

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(SafeFileHandle oldDirfd, byte[] oldPath, SafeFileHandle newDirfd, byte[] newPath);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle fd, byte* status);
}
