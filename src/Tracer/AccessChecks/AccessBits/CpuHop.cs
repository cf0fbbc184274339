using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Moves the calling thread to the CPU of a single-threaded target for the time of clearing: there the TLB flush needs no interrupt
/// of another CPU, and a page costs 0.3 us instead of 2.5 to 4.6 us. With several threads no CPU is the right one.
/// </summary>
internal sealed class CpuHop
{
    private readonly byte[] _home = new byte[Sched.CpuSetSize];
    private readonly byte[] _there = new byte[Sched.CpuSetSize];

    /// <summary>Moves; false when it makes no sense or is not allowed, and then nothing has changed.</summary>
    internal bool TryGo(TargetProcess process)
    {
        if (!process.TryReadStat(out ProcStat stat) || stat.NrThreads != 1 || stat.Cpu >= Sched.CpuSetSize * 8
            || Sched.GetAffinity(_home) != 0)
        {
            return false;
        }

        Array.Clear(_there);
        _there[stat.Cpu / 8] = (byte)(1 << (stat.Cpu % 8));
        return Sched.SetAffinity(_there) == 0;
    }

    internal void Return() => _ = Sched.SetAffinity(_home);
}
