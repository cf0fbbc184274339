using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// The open directory /proc/PID of one process. Files are looked up below the open directory and not by their path: once the process
/// has exited every look-up fails, also when the pid belongs to another process by then.
/// Files are opened anew for every reading, because an open maps, smaps or pagemap stays with the memory the process had before exec.
/// </summary>
internal sealed class ProcDirectory : IDisposable
{
    private readonly SafeFileHandle _directory;

    private ProcDirectory(SafeFileHandle directory)
    {
        _directory = directory;
    }

    /// <summary>Opens /proc/PID; null and the errno when there is none.</summary>
    internal static ProcDirectory? Open(int pid, out int errno)
    {
        SafeFileHandle directory = Unistd.Open($"/proc/{pid}", O_RDONLY | O_DIRECTORY, out errno);
        if (errno != 0)
        {
            directory.Dispose();
            return null;
        }

        return new ProcDirectory(directory);
    }

    /// <summary>Another handle of the same directory, never of another process that has the pid by now; null when the process is gone.</summary>
    internal ProcDirectory? Reopen()
    {
        int descriptor = OpenAt(".", O_RDONLY | O_DIRECTORY);
        return descriptor < 0 ? null : new ProcDirectory(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Opens a file for longer than one reading; an invalid handle and the errno when it cannot be opened.</summary>
    internal SafeFileHandle OpenFile(string name, int flags, out int errno)
    {
        int descriptor = OpenDescriptor(name, flags);
        errno = descriptor < 0 ? -descriptor : 0;
        return new SafeFileHandle(Math.Max(-1, descriptor), ownsHandle: true);
    }

    /// <summary>The same without garbage: a descriptor that is the caller's to close, or -errno.</summary>
    internal int OpenDescriptor(string name, int flags) => OpenAt(name, flags);

    /// <summary>Tells whether a file can be opened, without reading or writing it: 0 or -errno.</summary>
    internal int TryOpen(string name, int flags)
    {
        int file = OpenAt(name, flags);
        if (file < 0)
        {
            return file;
        }

        Fcntl.Close(file);
        return 0;
    }

    /// <summary>Reads a file, or as much of it as fits: bytes read or -errno. No allocation.</summary>
    internal int Read(string name, Span<byte> buffer)
    {
        int file = OpenAt(name, O_RDONLY);
        if (file < 0)
        {
            return file;
        }

        int total = 0;
        while (total < buffer.Length)
        {
            long read = Fcntl.Read(file, buffer[total..]);
            if (read <= 0)
            {
                total = read < 0 ? (int)read : total;
                break;
            }

            total += (int)read;
        }

        Fcntl.Close(file);
        return total;
    }

    /// <summary>Reads a whole file: bytes read or -errno. Allocates only when the buffer has to grow.</summary>
    internal int ReadAll(string name, ref byte[] buffer)
    {
        int file = OpenAt(name, O_RDONLY);
        if (file < 0)
        {
            return file;
        }

        int total = 0;
        while (true)
        {
            if (total == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Max(64 * 1024, buffer.Length * 2));
            }

            long read = Fcntl.Read(file, buffer.AsSpan(total));
            if (read <= 0)
            {
                total = read < 0 ? (int)read : total;
                break;
            }

            total += (int)read;
        }

        Fcntl.Close(file);
        return total;
    }

    /// <summary>Writes to a file in one call: 0 or -errno. No allocation.</summary>
    internal int Write(string name, ReadOnlySpan<byte> data)
    {
        int file = OpenAt(name, O_WRONLY);
        if (file < 0)
        {
            return file;
        }

        long written = Fcntl.Write(file, data);
        Fcntl.Close(file);
        return written < 0 ? (int)written : 0;
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>A descriptor or -errno. The thread that saw the process exit may close the directory while another one asks.</summary>
    private int OpenAt(string name, int flags)
    {
        try
        {
            return Fcntl.OpenAt(_directory, name, flags);
        }
        catch (ObjectDisposedException)
        {
            return -Errno.ESRCH;
        }
    }
}
