namespace Damon.Trace.Exporters.Output;

/// <summary>What statx(2) tells of a file.</summary>
internal readonly record struct FileStatus(ushort Mode, uint Owner, uint Links, ulong Inode, long Size, ulong Device)
{
    private const int S_IFMT = 0xF000;
    private const int S_IFDIR = 0x4000;
    private const int S_IFREG = 0x8000;
    private const int S_IFLNK = 0xA000;
    private const int S_ISVTX = 0x200;
    private const int S_IWOTH = 0x2;

    internal bool IsFile => (Mode & S_IFMT) == S_IFREG;

    internal bool IsDirectory => (Mode & S_IFMT) == S_IFDIR;

    internal bool IsLink => (Mode & S_IFMT) == S_IFLNK;

    /// <summary>A directory such as /tmp: anybody may create names in it and only their owners may remove them.</summary>
    internal bool IsShared => IsDirectory && (Mode & S_ISVTX) != 0 && (Mode & S_IWOTH) != 0;

    internal bool IsSame(FileStatus other) => Inode == other.Inode && Device == other.Device;
}
