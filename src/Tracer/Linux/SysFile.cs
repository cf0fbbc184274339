using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/file.h: a lock that ends with its holder, however that ends.</summary>
internal static partial class SysFile
{
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;

    /// <summary>Takes the lock of an open file without waiting: 0 or -errno, -EAGAIN when somebody else holds it.</summary>
    internal static int TryLock(SafeFileHandle file)
    {
        int result = flock(file, LOCK_EX | LOCK_NB);
        return result < 0 ? -Errno.Last : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle fd, int operation);
}
