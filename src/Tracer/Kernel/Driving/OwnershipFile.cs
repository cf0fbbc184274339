using System.Globalization;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>
/// Keeps the proof of ownership and the lock between two of us in a directory that a reboot empties. Reading creates nothing.
/// </summary>
internal sealed class OwnershipFile
{
    internal const string DefaultDirectory = "/run/damon-trace";

    private readonly string _directory;
    private readonly string _path;

    internal OwnershipFile(string directory = DefaultDirectory)
    {
        _directory = directory;
        _path = Path.Combine(directory, "kernel-damon");
    }

    /// <summary>What was noted last; null when there is nothing, or nothing that can be understood.</summary>
    internal Ownership? Read()
    {
        string[] words;
        try
        {
            words = File.ReadAllText(_path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        return words.Length == 5 && int.TryParse(words[1], culture, out int pid) && ulong.TryParse(words[2], culture, out ulong startTicks)
            && ulong.TryParse(words[3], culture, out ulong identity) && int.TryParse(words[4], culture, out int tid)
            ? new Ownership(words[0], pid, startTicks, identity, tid)
            : null;
    }

    /// <summary>Notes who owns the kdamond; a reader sees the old note or the new one, never half of it.</summary>
    internal void Write(Ownership ownership)
    {
        string partial = _path + ".partial";
        File.WriteAllText(partial, string.Create(
            CultureInfo.InvariantCulture,
            $"{ownership.BootId} {ownership.RecorderPid} {ownership.RecorderStartTicks} {ownership.Identity} {ownership.KdamondTid}\n"));
        File.Move(partial, _path, overwrite: true);
    }

    internal void Delete() => File.Delete(_path);

    /// <summary>Takes the lock that keeps two of us apart; null when another one holds it. It ends with its holder, also after kill -9.</summary>
    internal SafeFileHandle? TryLock()
    {
        _ = Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            // FileShare.None is flock(2) with LOCK_EX | LOCK_NB.
            return File.OpenHandle(
                Path.Combine(_directory, "kernel-damon.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (held.HResult == Errno.EAGAIN)
        {
            return null;
        }
    }
}
