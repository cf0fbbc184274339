using System.Globalization;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>
/// A userfaultfd that a process opened for us and left alone: no features agreed on yet, or those of an earlier recording. One that is used
/// for something else has others and is never taken.
/// </summary>
internal static class OfferedUserfaultfd
{
    private const string Link = "anon_inode:[userfaultfd]";

    // Set by the kernel once features have been agreed on.
    private const ulong Initialized = 1UL << 31;

    /// <summary>Number of the descriptor in the process; -1 when it offers none.</summary>
    internal static int Find(int pid)
    {
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos())
            {
                if (entry.LinkTarget == Link && IsUnused(File.ReadAllText($"/proc/{pid}/fdinfo/{entry.Name}")))
                {
                    return int.Parse(entry.Name, CultureInfo.InvariantCulture);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Closed or exited meanwhile, or not ours to look at.
        }

        return -1;
    }

    /// <summary>Takes it over; null and the errno when the process offers none (ENOENT) or does not let us.</summary>
    internal static SafeFileHandle? TryTake(TargetProcess process, out int errno)
    {
        errno = Errno.ENOENT;
        int offered = Find(process.Pid);
        if (offered < 0)
        {
            return null;
        }

        SafeFileHandle file = SysPidfd.GetFd(process.PidFd, offered, out errno);
        return errno == 0 ? file : null;
    }

    /// <summary>Its line <c>API: aa:FEATURES:...</c>, in hexadecimal.</summary>
    internal static bool IsUnused(string fdinfo)
    {
        string? line = fdinfo.Split('\n').FirstOrDefault(static l => l.StartsWith("API:", StringComparison.Ordinal));
        string[] parts = line?[4..].Trim().Split(':') ?? [];
        return parts.Length >= 2 && ulong.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong features)
            && (features & ~Initialized) is 0 or Userfaultfd.AsyncWriteProtection;
    }
}
