using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.Exerciser;

/// <summary>signal.h.</summary>
internal static class Signals
{
    internal static void Send(int pid, int signal) => Assert.Equal(0, kill(pid, signal));
}
