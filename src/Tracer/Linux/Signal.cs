using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>signal.h.</summary>
internal static unsafe partial class Signal
{
    internal const int SIGINT = 2;
    internal const int SIGTERM = 15;
    internal const int SIGSTOP = 19;

    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    // The C library's struct sigaction begins with the handler; 152 bytes on 64-bit Linux, no more than this on any.
    private const int SigactionBytes = 256;

    /// <summary>Sends a signal to a process, or with 0 to one's own process group; 0 or -errno.</summary>
    internal static int Send(int pid, int signal) => kill(pid, signal) < 0 ? -Errno.Last : 0;

    /// <summary>
    /// Listens to a signal that the parent has set to be ignored. .NET leaves such a signal ignored, so call this before it handles any.
    /// </summary>
    internal static void StopIgnoring(int signal)
    {
        byte* action = stackalloc byte[SigactionBytes];
        if (sigaction(signal, null, action) == 0 && *(nint*)action == SIG_IGN)
        {
            new Span<byte>(action, SigactionBytes).Clear();
            *(nint*)action = SIG_DFL;
            _ = sigaction(signal, action, null);
        }
    }

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* oldAction);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
