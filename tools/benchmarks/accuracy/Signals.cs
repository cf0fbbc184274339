using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Accuracy;

/// <summary>kill(2) and getrusage(2).</summary>
internal static unsafe partial class Signals
{
    private const int RUSAGE_CHILDREN = -1;

    internal static void Send(int pid, int signal)
    {
        if (kill(pid, signal) != 0)
        {
            throw new InvalidOperationException($"kill {pid}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>CPU time of all children that were waited for.</summary>
    internal static double ChildrenCpuSeconds()
    {
        long* usage = stackalloc long[18]; // struct rusage: user and system time as seconds and microseconds, then fourteen counters
        _ = getrusage(RUSAGE_CHILDREN, usage);
        return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    [LibraryImport("libc")]
    private static partial int getrusage(int who, long* usage);
}
