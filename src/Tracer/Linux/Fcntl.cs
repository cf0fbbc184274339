using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// fcntl.h: files opened relative to an open directory. Descriptors are plain numbers here, for files that are opened and closed
/// on every pass, where a SafeFileHandle each time would be garbage. Each wrapper returns the call's result, or -errno.
/// </summary>
internal static unsafe class Fcntl
{
    /// <summary>Opens a file of a directory; the descriptor is the caller's to close.</summary>
    internal static int OpenAt(SafeFileHandle directory, string name, int flags)
    {
        using var fd = new Descriptor(directory);
        using var path = new CString(name, stackalloc byte[CString.BufferSize]);
        int result;
        do
        {
            result = openat(fd, path, flags | O_CLOEXEC, 0);
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
                result = read(descriptor, data, buffer.Length);
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
                result = write(descriptor, data, buffer.Length);
                result = result < 0 ? -Errno.Last : result;
            }
            while (result == -Errno.EINTR);

            return result;
        }
    }

    /// <summary>Gives advice on a part of a file, up to its end with length 0: 0 or -errno.</summary>
    internal static int Advise(SafeFileHandle file, ulong offset, ulong length, int advice)
    {
        using var fd = new Descriptor(file);
        return -posix_fadvise(fd, (long)offset, (long)length, advice);
    }

    /// <summary>Never repeated after EINTR: on Linux the descriptor is gone by then.</summary>
    internal static void Close(int descriptor) => _ = close(descriptor);
}
