using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli.Who;

/// <summary>What sampling one target has come to, for the stream.</summary>
internal sealed class AccessSamplerFacts(TargetDescription target, AccessSampler sampler, string remark)
{
    private readonly long _beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
    private readonly long _cpuBeganNs = Time.GetProcessCpuNs(target.Pid);
    private long _cpuNs;

    internal AccessSamplerState Now(bool lacksPerfMap)
    {
        AccessSamplerCounters counters = sampler.Counters;
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        _cpuNs = Math.Max(_cpuNs, Time.GetProcessCpuNs(target.Pid) - _cpuBeganNs);
        var counts = new AccessSamplerCounts
        {
            TargetId = target.TargetId,
            TimeNs = (ulong)nowNs,
            DurationNs = (ulong)(nowNs - _beganNs),
            NrProbes = (ulong)counters.NrProbes,
            NrHits = (ulong)counters.NrHits,
            NrNoRegister = (ulong)counters.NrNoRegister,
            NrRefused = (ulong)counters.NrRefused,
            NrLost = (ulong)counters.NrLost,
            NrPutOff = (ulong)counters.NrPutOff,
            NrUnknown = (ulong)counters.NrUnknown,
            TargetCostNs = (ulong)counters.TargetCostNs,
            TargetCpuNs = (ulong)_cpuNs,
            OwnCpuNs = (ulong)counters.OwnCpuNs,
            NrThreads = (uint)sampler.NrThreads,
            NrThreadsGone = (uint)counters.NrThreadsGone,
        };
        string[] remarks = [remark, lacksPerfMap ? "code compiled at run time has no names: no /tmp/perf-PID.map" : "", sampler.Doubt ?? ""];
        return new AccessSamplerState(counts, sampler.Name, sampler.Unit, string.Join("; ", remarks.Where(static text => text.Length > 0)));
    }
}
