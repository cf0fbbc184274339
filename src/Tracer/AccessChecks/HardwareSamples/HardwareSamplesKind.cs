using System.Diagnostics;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.HardwareSamples;

/// <summary>Address samples of the processor: nothing of the target is touched, and what is not sampled is missed.</summary>
internal sealed class HardwareSamplesKind : AccessCheckKind
{
    private const string Source = "pmu";

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

    private Capability? _capability;

    /// <inheritdoc/>
    public override string Name => "hardware-samples";

    /// <inheritdoc/>
    public override string Summary => "sampled accesses, reads and writes, nothing of the target touched; misses what is not sampled";

    /// <inheritdoc/>
    public override bool IsChosenByAuto => false;

    /// <inheritdoc/>
    public override string Unproved => "never run on a processor that samples addresses, only on page faults and recorded samples";

    /// <inheritdoc/>
    public override Capability Probe()
    {
        if (AddressEvents.Find().Count == 0)
        {
            return Capability.No(
                "no PMU here samples the addresses of accesses (no ibs_op, no cpu/mem-loads/)",
                "AMD with IBS or Intel with PEBS, on bare metal: most virtual machines hide both");
        }

        return Privileges.Has(Privileges.CAP_PERFMON) || Privileges.Has(Privileges.CAP_SYS_ADMIN)
            ? Capability.Yes
            : Capability.No("no privilege to sample whole CPUs", "run as root or with CAP_PERFMON");
    }

    /// <inheritdoc/>
    public override Capability SelfTest()
    {
        _capability ??= Probe() is { Available: false } refusal ? refusal : SampleOurselves();
        return _capability;
    }

    /// <inheritdoc/>
    public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings) => Capability.Yes;

    /// <inheritdoc/>
    public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings) =>
        HardwareSamplesCheck.TryOpen(process, AddressEvents.Find(), Source, out int errno)
            ?? throw new TargetUnavailableException($"addresses cannot be sampled: {Errno.Describe(errno)}", "use another access check");

    /// <summary>A page we read all the time must be sampled before long.</summary>
    private static Capability SampleOurselves()
    {
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using HardwareSamplesCheck? check = HardwareSamplesCheck.TryOpen(self, AddressEvents.Find(), Source, out int errno);
        if (check is null)
        {
            return Capability.No(
                $"perf_event_open refuses to sample addresses: {Errno.Describe(errno)}",
                errno == Errno.EOPNOTSUPP ? "this processor, or its hypervisor, does not offer it" : "run as root or with CAP_PERFMON");
        }

        using var scratch = new ScratchMapping(1);
        ulong[] addresses = [scratch.Address];
        var states = new AccessState[1];
        check.MakeOld(addresses);
        long begin = Stopwatch.GetTimestamp();
        while (states[0] != AccessState.Accessed && Stopwatch.GetElapsedTime(begin) < s_patience)
        {
            for (int i = 0; i < 100_000; i++)
            {
                scratch[0]++;
            }

            check.ReadYoung(addresses, states);
        }

        return states[0] == AccessState.Accessed
            ? Capability.Yes
            : Capability.No("self-test failed: memory accessed all the time was never sampled", "use another access check");
    }
}
