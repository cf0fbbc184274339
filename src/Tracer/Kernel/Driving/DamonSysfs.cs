using System.Text;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>The sysfs of the running kernel. Opens files with O_RDONLY or O_WRONLY and never creates one.</summary>
internal sealed class DamonSysfs : IDamonSysfs
{
    internal const string KdamondsFolder = "/sys/kernel/mm/damon/admin/kdamonds";

    // Every file of the interface takes one lock of the kernel without waiting: readers and writers elsewhere make ours fail for a moment.
    private const int MaxTries = 50;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private const int LongestText = 4096;

    private readonly string _root;

    internal DamonSysfs(string root = KdamondsFolder) => _root = root;

    /// <inheritdoc/>
    public bool Exists(string path) => Path.Exists(Path.Combine(_root, path));

    /// <inheritdoc/>
    public string? Read(string path)
    {
        using SafeFileHandle file = Unistd.Open(Path.Combine(_root, path), O_RDONLY, out int errno);
        if (errno != 0)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[LongestText];
        long length = Unistd.PRead(file, buffer, 0);
        for (int tries = 1; length == -Errno.EBUSY && tries < MaxTries; tries++)
        {
            Thread.Sleep(s_pause);
            length = Unistd.PRead(file, buffer, 0);
        }

        return length < 0 ? null : Encoding.UTF8.GetString(buffer[..(int)length]).TrimEnd('\n');
    }

    /// <inheritdoc/>
    public int Write(string path, string text)
    {
        using SafeFileHandle file = Unistd.Open(Path.Combine(_root, path), O_WRONLY, out int errno);
        if (errno != 0)
        {
            return -errno;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        long written = Unistd.PWrite(file, bytes, 0);
        for (int tries = 1; written == -Errno.EBUSY && tries < MaxTries; tries++)
        {
            Thread.Sleep(s_pause);
            written = Unistd.PWrite(file, bytes, 0);
        }

        return (int)Math.Min(written, 0);
    }

    /// <summary>The directory's inode number: kernfs gives each object a new one (fs/kernfs/dir.c, kernfs_new_node).</summary>
    public ulong Identity(string directory) => SysStat.Inode(Path.Combine(_root, directory));
}
