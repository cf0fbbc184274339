using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/stat.h.</summary>
internal static unsafe class SysStat
{
    /// <summary>The inode number of a file or directory; 0 when it cannot be asked for.</summary>
    internal static ulong Inode(string path) => TryStat(path, 0, STATX_INO, out statx status) ? status.stx_ino : 0;

    /// <summary>The inode number of an open file; 0 when it cannot be asked for.</summary>
    internal static ulong Inode(SafeFileHandle file) => TryStat(file, STATX_INO, out statx status) ? status.stx_ino : 0;

    /// <summary>True when a path, links followed, is a regular file; false also when it cannot be asked for.</summary>
    internal static bool IsRegularFile(string path) => TryStat(path, 0, STATX_TYPE, out statx status) && TypeOf(status) == S_IFREG;

    /// <summary>True when an open file is a regular one that belongs to one of two users and can be changed by no other, the superuser aside.</summary>
    internal static bool IsRegularFileOf(SafeFileHandle file, uint user, uint otherUser) =>
        TryStat(file, STATX_TYPE | STATX_MODE | STATX_UID, out statx status)
            && (status.stx_uid == user || status.stx_uid == otherUser)
            && TypeOf(status) == S_IFREG
            && !OthersMayWrite(status);

    /// <summary>
    /// True when only one of these users can change a file, or what is in a directory: it belongs to one of them and is writable by no group
    /// and not by others. False also when it cannot be asked for.
    /// </summary>
    internal static bool IsOnlyWritableBy(string path, uint user, uint otherUser) =>
        TryStat(path, 0, STATX_MODE | STATX_UID, out statx status)
            && (status.stx_uid == user || status.stx_uid == otherUser)
            && !OthersMayWrite(status);

    /// <summary>True when a path is a socket that belongs to a user; a link to one is none.</summary>
    internal static bool IsSocketOf(string path, uint user) =>
        TryStat(path, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_UID, out statx status)
            && TypeOf(status) == S_IFSOCK
            && status.stx_uid == user;

    /// <summary>
    /// True when what a user has put into a directory can be replaced by nobody but that user, this one and the superuser: others may not
    /// write to it, or it is one such as /tmp, where they may not remove what is not theirs. False also when it cannot be asked for.
    /// </summary>
    internal static bool KeepsFilesOf(string directory, uint user) =>
        TryStat(directory, 0, STATX_MODE | STATX_UID, out statx status)
            && (status.stx_uid == 0 || status.stx_uid == user || status.stx_uid == geteuid())
            && (!OthersMayWrite(status) || (status.stx_mode & (ushort)S_ISVTX) != 0);

    private static mode_t TypeOf(in statx status) => (mode_t)status.stx_mode & S_IFMT;

    private static bool OthersMayWrite(in statx status) => (status.stx_mode & (ushort)(S_IWGRP | S_IWOTH)) != 0;

    private static bool TryStat(string path, int flags, uint mask, out statx status)
    {
        using var name = new CString(path, stackalloc byte[CString.BufferSize]);
        fixed (statx* result = &status)
        {
            return statx(AT_FDCWD, name, flags, mask, result) == 0;
        }
    }

    private static bool TryStat(SafeFileHandle file, uint mask, out statx status)
    {
        using var fd = new Descriptor(file);
        byte noName = 0;
        fixed (statx* result = &status)
        {
            return statx(fd, &noName, AT_EMPTY_PATH, mask, result) == 0;
        }
    }
}
