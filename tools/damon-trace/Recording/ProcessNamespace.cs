using System.Globalization;

namespace Damon.Trace.Cli.Recording;

/// <summary>Whether /proc shows the processes whose ids this one knows.</summary>
internal static class ProcessNamespace
{
    /// <summary>In a new PID namespace with the old /proc the same number stands for two processes.</summary>
    /// <exception cref="UserErrorException">/proc is that of another PID namespace, or not mounted.</exception>
    internal static void Check()
    {
        string? self = new FileInfo("/proc/self").LinkTarget;
        if (self == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return;
        }

        throw new UserErrorException(
            self is null
                ? "there is no /proc, where processes are looked up"
                : $"/proc is that of another PID namespace: this is process {Environment.ProcessId} here and {self} there",
            "mount the namespace's own: unshare --mount-proc, or mount -t proc proc /proc", ExitCode.TargetGone);
    }
}
