using System.Runtime.InteropServices;
using System.Text;
using Damon.Trace.Exporters.Output;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>Whether a file is still the one of a working set.</summary>
public enum FileState
{
    /// <summary>Size and time are the same, or the build id is.</summary>
    Same,

    /// <summary>It is another file, or was written to.</summary>
    Changed,

    /// <summary>It is not there, no regular file, or cannot be opened.</summary>
    Missing,
}

/// <summary>What tells a file from a later one of the same name.</summary>
public static class FileIdentity
{
    /// <summary>Of a file that is there; null when it is not, is no regular file, or cannot be read.</summary>
    /// <param name="path">Where it is opened.</param>
    /// <param name="name">The path that is kept.</param>
    public static WorkingSetFile? Of(string path, string name)
    {
        try
        {
            using FileStream file = Open(path);
            return Of(file, name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether a file that is open is still the one of a working set.</summary>
    public static FileState Compare(WorkingSetFile before, FileStream now) =>
        Compare(before, now.Length, ModifiedNs(now), () => BuildId.Of(now));

    /// <summary>
    /// A program or library that was installed again from the same build is the same, whatever its time. Only then is the build id asked
    /// for: reading it brings pages of the file into memory.
    /// </summary>
    internal static FileState Compare(WorkingSetFile before, long sizeBytes, long modifiedNs, Func<string?> buildId) =>
        before.SizeBytes == sizeBytes && (before.ModifiedNs == modifiedNs || (before.BuildId is not null && before.BuildId == buildId()))
            ? FileState.Same
            : FileState.Changed;

    private static WorkingSetFile Of(FileStream file, string name) => new(name, file.Length, ModifiedNs(file), BuildId.Of(file));

    private static long ModifiedNs(FileStream file) => (File.GetLastWriteTimeUtc(file.SafeFileHandle) - DateTime.UnixEpoch).Ticks * 100;

    /// <summary>Opens a regular file for reading; a pipe would wait for its writer, and a device may do anything.</summary>
    /// <exception cref="FileNotFoundException">It is not there, no regular file, or may not be read; the message is why.</exception>
    public static FileStream Open(string path)
    {
        int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
        SafeFileHandle handle = FileCalls.OpenAt(FileCalls.CurrentDirectory, Encoding.UTF8.GetBytes(path), flags, out int errno);
        if (errno == 0 && FileCalls.Stat(handle, out FileStatus status) == 0 && status.IsFile)
        {
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        }

        handle.Dispose();
        throw new FileNotFoundException(errno == 0 || errno == ELOOP ? "not a regular file" : Marshal.GetPInvokeErrorMessage(errno), path);
    }
}
