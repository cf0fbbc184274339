using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>signal.h.</summary>
internal static partial class Signal
{
    internal const int SIGTERM = 15;

    /// <summary>Sends a signal; 0 or -errno.</summary>
    internal static int Send(int pid, int signal) => kill(pid, signal) < 0 ? -Errno.Last : 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
