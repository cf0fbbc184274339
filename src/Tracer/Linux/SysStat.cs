using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/stat.h.</summary>
internal static unsafe partial class SysStat
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_TYPE = 0x1;
    private const uint STATX_MODE = 0x2;
    private const uint STATX_UID = 0x8;
    private const uint STATX_INO = 0x100;

    private const ushort S_IFMT = 0xF000;
    private const ushort S_IFREG = 0x8000;
    private const ushort S_IFSOCK = 0xC000;
    private const ushort S_ISVTX = 0x200;
    private const ushort S_IWGRP = 0x10;
    private const ushort S_IWOTH = 0x2;

    // Offsets in struct statx (linux/stat.h).
    private const int UidOffset = 20;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int StatxSize = 256;

    /// <summary>The inode number of a file or directory; 0 when it cannot be asked for.</summary>
    internal static ulong Inode(string path)
    {
        byte* status = stackalloc byte[StatxSize];
        return statx(AT_FDCWD, path, 0, STATX_INO, status) == 0 ? *(ulong*)(status + InodeOffset) : 0;
    }

    /// <summary>The inode number of an open file; 0 when it cannot be asked for.</summary>
    internal static ulong Inode(SafeFileHandle file)
    {
        byte* status = stackalloc byte[StatxSize];
        return statx(file, "", AT_EMPTY_PATH, STATX_INO, status) == 0 ? *(ulong*)(status + InodeOffset) : 0;
    }

    /// <summary>True when an open file is a regular one that belongs to one of two users and can be changed by no other, the superuser aside.</summary>
    internal static bool IsRegularFileOf(SafeFileHandle file, uint user, uint otherUser)
    {
        byte* status = stackalloc byte[StatxSize];
        if (statx(file, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MODE | STATX_UID, status) != 0)
        {
            return false;
        }

        uint owner = *(uint*)(status + UidOffset);
        ushort mode = *(ushort*)(status + ModeOffset);
        return (owner == user || owner == otherUser) && (mode & S_IFMT) == S_IFREG && (mode & (S_IWGRP | S_IWOTH)) == 0;
    }

    /// <summary>
    /// True when only one of these users can change a file, or what is in a directory: it belongs to one of them and is writable by no group
    /// and not by others. False also when it cannot be asked for.
    /// </summary>
    internal static bool IsOnlyWritableBy(string path, uint user, uint otherUser)
    {
        byte* status = stackalloc byte[StatxSize];
        if (statx(AT_FDCWD, path, 0, STATX_MODE | STATX_UID, status) != 0)
        {
            return false;
        }

        uint owner = *(uint*)(status + UidOffset);
        ushort mode = *(ushort*)(status + ModeOffset);
        return (owner == user || owner == otherUser) && (mode & (S_IWGRP | S_IWOTH)) == 0;
    }

    /// <summary>True when a path is a socket that belongs to a user; a link to one is none.</summary>
    internal static bool IsSocketOf(string path, uint user)
    {
        byte* status = stackalloc byte[StatxSize];
        return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_UID, status) == 0
            && (*(ushort*)(status + ModeOffset) & S_IFMT) == S_IFSOCK
            && *(uint*)(status + UidOffset) == user;
    }

    /// <summary>
    /// True when what a user has put into a directory can be replaced by nobody but that user, this one and the superuser: others may not
    /// write to it, or it is one such as /tmp, where they may not remove what is not theirs. False also when it cannot be asked for.
    /// </summary>
    internal static bool KeepsFilesOf(string directory, uint user)
    {
        byte* status = stackalloc byte[StatxSize];
        if (statx(AT_FDCWD, directory, 0, STATX_MODE | STATX_UID, status) != 0)
        {
            return false;
        }

        uint owner = *(uint*)(status + UidOffset);
        ushort mode = *(ushort*)(status + ModeOffset);
        bool ownerIsTrusted = owner == 0 || owner == user || owner == Unistd.geteuid();
        return ownerIsTrusted && ((mode & (S_IWGRP | S_IWOTH)) == 0 || (mode & S_ISVTX) != 0);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int dirfd, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle dirfd, string path, int flags, uint mask, byte* status);
}
