using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>signal.h.</summary>
internal static partial class Signal
{
    internal const int SIGTERM = 15;
    internal const int SIGSTOP = 19;

    /// <summary>Sends a signal to a process, or with 0 to one's own process group; 0 or -errno.</summary>
    internal static int Send(int pid, int signal) => kill(pid, signal) < 0 ? -Errno.Last : 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
