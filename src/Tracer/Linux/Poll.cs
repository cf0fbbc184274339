using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>poll.h.</summary>
internal static unsafe partial class Poll
{
    internal const short POLLIN = 1;

    /// <summary>Waits until a file is ready or the time is over; the number of ready files, or -errno.</summary>
    internal static int Wait(Span<PollFd> requests, int timeoutMs)
    {
        fixed (PollFd* files = requests)
        {
            int ready = poll(files, (nuint)requests.Length, timeoutMs);
            return ready < 0 ? -Errno.Last : ready;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFd* requests, nuint count, int timeoutMs);

    /// <summary>struct pollfd, 8 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short ReturnedEvents;
    }
}
