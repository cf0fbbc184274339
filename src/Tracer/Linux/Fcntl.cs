using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// fcntl.h: files opened relative to an open directory. Descriptors are plain numbers here, for files that are opened and closed
/// on every pass, where a SafeFileHandle each time would be garbage. Each wrapper returns the call's result, or -errno.
/// </summary>
internal static unsafe partial class Fcntl
{
    internal const int O_DIRECTORY = 0x10000;

    internal const int POSIX_FADV_RANDOM = 1;
    internal const int POSIX_FADV_WILLNEED = 3;
    internal const int POSIX_FADV_DONTNEED = 4;

    /// <summary>Opens a file of a directory; the descriptor is the caller's to close.</summary>
    internal static int OpenAt(SafeFileHandle directory, string name, int flags)
    {
        int result;
        do
        {
            result = openat(directory, name, flags | Unistd.O_CLOEXEC, 0);
            result = result < 0 ? -Errno.Last : result;
        }
        while (result == -Errno.EINTR);

        return result;
    }

    internal static long Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            long result;
            do
            {
                result = read(descriptor, data, (nuint)buffer.Length);
                result = result < 0 ? -Errno.Last : result;
            }
            while (result == -Errno.EINTR);

            return result;
        }
    }

    internal static long Write(int descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            long result;
            do
            {
                result = write(descriptor, data, (nuint)buffer.Length);
                result = result < 0 ? -Errno.Last : result;
            }
            while (result == -Errno.EINTR);

            return result;
        }
    }

    /// <summary>Gives advice on a part of a file, up to its end with length 0: 0 or -errno.</summary>
    internal static int Advise(SafeFileHandle file, ulong offset, ulong length, int advice) => -posix_fadvise(file, (long)offset, (long)length, advice);

    /// <summary>Never repeated after EINTR: on Linux the descriptor is gone by then.</summary>
    internal static void Close(int descriptor) => _ = close(descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(SafeFileHandle directory, string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
