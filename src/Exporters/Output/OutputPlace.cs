using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// Where an output is: an open directory and a name in it. Links are followed one by one, each read relative to the open directory that
/// holds it, and everything that follows is done relative to the last of these: nobody can move the place between a check and its use.
/// </summary>
/// <remarks>
/// In a directory such as /tmp a link or a device of another user is not followed, as the kernel itself refuses it with
/// fs.protected_symlinks and fs.protected_fifos set: anybody could have put it there.
/// </remarks>
internal sealed class OutputPlace : IDisposable
{
    // MAXSYMLINKS of the kernel.
    private const int MostLinks = 40;

    private OutputPlace(SafeFileHandle directory, byte[] name, FileStatus? status, string display, bool magic)
    {
        Directory = directory;
        Name = name;
        Status = status;
        Display = display;
        IsMagicLink = magic;
    }

    internal SafeFileHandle Directory { get; }

    internal byte[] Name { get; }

    /// <summary>What is there; null when nothing is.</summary>
    internal FileStatus? Status { get; private set; }

    /// <summary>The path, for people.</summary>
    internal string Display { get; }

    /// <summary>A link of procfs, such as /dev/stdout leads to: it is opened, but what it leads to has no name to be replaced.</summary>
    internal bool IsMagicLink { get; }

    /// <exception cref="OutputException">There is no such directory, or what is there is not to be followed.</exception>
    internal static OutputPlace Resolve(string path)
    {
        SafeFileHandle directory = Open(FileCalls.CurrentDirectory, "."u8, path);
        try
        {
            return Resolve(path, ref directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Dispose();

    private static OutputPlace Resolve(string path, ref SafeFileHandle directory)
    {
        byte[] rest = Encoding.UTF8.GetBytes(path);
        string display = path;
        for (int links = 0; links <= MostLinks; links++)
        {
            int slash = Array.LastIndexOf(rest, (byte)'/');
            if (slash >= 0)
            {
                SafeFileHandle next = Open(directory, rest.AsSpan(0, slash + 1), path);
                directory.Dispose();
                directory = next;
            }

            byte[] name = rest[(slash + 1)..];
            int result = FileCalls.StatAt(directory, name is [] ? "."u8 : name, out FileStatus status);
            if (result == -ENOENT)
            {
                return new OutputPlace(directory, name, null, display, magic: false);
            }

            Check(result, path);
            RefuseIfPlanted(directory, status, path);
            bool magic = status.IsLink && FileCalls.IsProcFs(directory);
            if (!status.IsLink || magic)
            {
                return new OutputPlace(directory, name, status, display, magic);
            }

            rest = FileCalls.ReadLinkAt(directory, name);
            display = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(display) ?? "", Encoding.UTF8.GetString(rest));
        }

        throw new OutputException($"cannot write '{path}': too many links lead from one to the next", ELOOP);
    }

    private static SafeFileHandle Open(SafeFileHandle from, ReadOnlySpan<byte> name, string path)
    {
        SafeFileHandle directory = FileCalls.OpenAt(from, name, O_PATH | O_DIRECTORY, out int errno);
        Check(-errno, path);
        return directory;
    }

    private static void RefuseIfPlanted(SafeFileHandle directory, FileStatus status, string path)
    {
        if (status.IsFile || status.IsDirectory || FileCalls.Stat(directory, out FileStatus folder) != 0 || !folder.IsShared)
        {
            return;
        }

        if (status.Owner != geteuid() && status.Owner != folder.Owner)
        {
            string what = status.IsLink ? "a link" : "a pipe, socket or device";
            throw new OutputException(
                $"cannot write '{path}': {what} of another user is there, in a directory that anybody can write to", EACCES,
                "choose a directory of your own, or another name");
        }
    }

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            throw new OutputException($"cannot write '{path}': {Explain(-result)}", -result);
        }
    }

    /// <summary>Why the system refuses to open or create.</summary>
    internal static string Explain(int errno) =>
        errno == ENOENT ? "its directory does not exist"
        : errno == EACCES || errno == EPERM ? "permission denied"
        : Marshal.GetPInvokeErrorMessage(errno);
}
