using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Tests.Exerciser;

/// <summary>signal.h.</summary>
internal static partial class Signals
{
    internal const int SIGUSR1 = 10;
    internal const int SIGTERM = 15;
    internal const int SIGCONT = 18;
    internal const int SIGSTOP = 19;

    internal static void Send(int pid, int signal) => Assert.Equal(0, kill(pid, signal));

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
