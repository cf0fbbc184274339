using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/stat.h.</summary>
internal static unsafe partial class SysStat
{
    private const int AT_FDCWD = -100;
    private const uint STATX_INO = 0x100;

    // struct statx (linux/stat.h): stx_ino is its sixth field.
    private const int InodeOffset = 32;
    private const int StatxSize = 256;

    /// <summary>The inode number of a file or directory; 0 when it cannot be asked for.</summary>
    internal static ulong Inode(string path)
    {
        byte* status = stackalloc byte[StatxSize];
        return statx(AT_FDCWD, path, 0, STATX_INO, status) == 0 ? *(ulong*)(status + InodeOffset) : 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int dirfd, string path, int flags, uint mask, byte* status);
}
