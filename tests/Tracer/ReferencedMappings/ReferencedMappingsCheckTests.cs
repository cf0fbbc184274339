using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Targets;

namespace Damon.Trace.Tracer.Tests.ReferencedMappings;

/// <summary>In the collection of those that clear accessed bits of this process, because these do so too.</summary>
[Collection(OwnMemoryBits.Name)]
public sealed class ReferencedMappingsCheckTests
{
    [Fact]
    public void The_self_test_passes_where_the_probe_does()
    {
        Capability probe = ReferencedMappingsCheck.Probe();
        Assert.SkipUnless(probe.Available, probe.Reason ?? "");

        Assert.Equal(Capability.Yes, ReferencedMappingsCheck.SelfTest());
    }

    [Fact]
    public void Labels_and_granularity_say_what_it_can_do()
    {
        Assert.SkipUnless(ReferencedMappingsCheck.Probe().Available, "no clear_refs");
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
        using var check = new ReferencedMappingsCheck(target);

        Assert.Equal(AccessGranularity.Mapping, check.Granularity);
        Assert.Matches("^accesses=rw granularity=mapping flushed=(yes|no) ", check.Labels);
    }

    [Fact]
    public void A_process_that_has_exited_is_refused()
    {
        Assert.SkipUnless(ReferencedMappingsCheck.Probe().Available, "no clear_refs");
        using ChildProcess child = ChildProcess.Start("sleep", "100");
        using TargetProcess target = TargetProcess.Open(child.Pid);
        child.Kill();

        Assert.Throws<TargetUnavailableException>(() => new ReferencedMappingsCheck(target));
    }

    [Fact]
    public void It_follows_a_process_through_exec()
    {
        Assert.SkipUnless(ReferencedMappingsCheck.Probe().Available, "no clear_refs");

        // After the exec the shell spins: its stack is accessed in every window.
        using ChildProcess child = ChildProcess.Start("/bin/sh", "-c", "sleep 0.3; exec /bin/sh -c 'while :; do :; done'");
        using TargetProcess target = TargetProcess.Open(child.Pid);
        using var check = new ReferencedMappingsCheck(target);
        var space = new VaddrAddressSpace(target);
        ulong before = StackOf(space);
        Assert.True(SpinWait.SpinUntil(
            () => target.CommandLine.Contains("-c while", StringComparison.Ordinal) && StackOf(space) is var stack && stack != before
                && stack != 0,
            3000));
        ulong[] addresses = [StackOf(space)];
        AccessState[] states = [AccessState.NotAccessed];

        Assert.True(SpinWait.SpinUntil(() => IsAccessed(check, addresses, states), 3000));
    }

    private static bool IsAccessed(ReferencedMappingsCheck check, ulong[] addresses, AccessState[] states)
    {
        check.MakeOld(addresses);
        Thread.Sleep(20);
        check.ReadYoung(addresses, states);
        return states[0] == AccessState.Accessed;
    }

    private static ulong StackOf(VaddrAddressSpace space)
    {
        return space.TryReadMappings([]) ? space.Mappings.FirstOrDefault(mapping => mapping.Name == "[stack]").Start : 0;
    }
}
