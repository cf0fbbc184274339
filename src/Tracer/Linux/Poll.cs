using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>poll.h.</summary>
internal static unsafe class Poll
{
    /// <summary>Waits until a file is ready or the time is over; the number of ready files, or negative. Why is not kept (Tmds.LibC).</summary>
    internal static int Wait(Span<pollfd> requests, int timeoutMs)
    {
        fixed (pollfd* files = requests)
        {
            return poll(files, (uint)requests.Length, timeoutMs);
        }
    }
}
