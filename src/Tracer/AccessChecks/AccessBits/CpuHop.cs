using Damon.Trace.Tracer.Linux;

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
    internal bool TryGo(TargetStat stat)
    {
        if (!stat.TryRead() || stat.Threads != 1 || stat.Processor >= Sched.CpuSetSize * 8 || Sched.GetAffinity(_home) != 0)
        {
            return false;
        }

        Array.Clear(_there);
        _there[stat.Processor / 8] = (byte)(1 << (stat.Processor % 8));
        return Sched.SetAffinity(_there) == 0;
    }

    internal void Return() => _ = Sched.SetAffinity(_home);
}
