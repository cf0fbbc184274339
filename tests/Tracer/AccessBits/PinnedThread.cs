using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>
/// Keeps the calling thread on the CPU it runs on. New pages wait in a list of up to 31 per CPU before they are on a reclaim list, and
/// MADV_COLD drains the list of its own CPU only: pages that another CPU faulted in cannot be made old until that CPU drains its list.
/// </summary>
internal sealed class PinnedThread : IDisposable
{
    private readonly byte[] _home = new byte[Sched.CpuSetSize];

    internal PinnedThread()
    {
        Assert.Equal(0, Sched.GetAffinity(_home));
        int cpu = sched_getcpu();
        byte[] here = new byte[Sched.CpuSetSize];
        here[cpu / 8] = (byte)(1 << (cpu % 8));
        Assert.Equal(0, Sched.SetAffinity(here));
    }

    public void Dispose() => _ = Sched.SetAffinity(_home);
}
