using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>signal.h.</summary>
internal static unsafe class Signal
{
    /// <summary>Sends a signal to a process, or with 0 to one's own process group; 0 or -errno.</summary>
    internal static int Send(int pid, int signal) => kill(pid, signal) < 0 ? -Errno.Last : 0;

    /// <summary>
    /// Listens to a signal that the parent has set to be ignored. .NET leaves such a signal ignored, so call this before it handles any.
    /// </summary>
    internal static void StopIgnoring(int signal)
    {
        Tmds.Linux.sigaction action;
        if (sigaction(signal, null, &action) == 0 && action.sa_handler == SIG_IGN)
        {
            SetIgnored(signal, false);
        }
    }

    /// <summary>Ignores a signal, or lets it do what it does by default.</summary>
    internal static void SetIgnored(int signal, bool isIgnored)
    {
        var action = new Tmds.Linux.sigaction { sa_handler = isIgnored ? SIG_IGN : SIG_DFL };
        _ = sigaction(signal, &action, null);
    }
}
