using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Output;

/// <summary>unistd.h, poll.h and sys/stat.h: the few calls whose answers .NET does not pass on.</summary>
internal static unsafe partial class LibC
{
    internal const int EINTR = 4;
    internal const int EAGAIN = 11;

    private const int AT_FDCWD = -100;
    private const uint STATX_TYPE = 0x1;
    private const int StatxBytes = 256;
    private const int StatxModeOffset = 28;
    private const int S_IFMT = 0xF000;
    private const int S_IFREG = 0x8000;
    private const short POLLOUT = 4;

    /// <summary>
    /// Whether the path names something that is neither a regular file nor a directory: a device, a pipe, a socket. Follows links.
    /// Unknown counts as no.
    /// </summary>
    internal static bool IsSpecialFile(string path)
    {
        const int S_IFDIR = 0x4000;
        byte* status = stackalloc byte[StatxBytes];
        if (statx(AT_FDCWD, path, 0, STATX_TYPE, status) != 0)
        {
            return false;
        }

        int type = *(ushort*)(status + StatxModeOffset) & S_IFMT;
        return type is not (S_IFREG or S_IFDIR);
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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int dirfd, string path, int flags, uint mask, byte* status);

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
