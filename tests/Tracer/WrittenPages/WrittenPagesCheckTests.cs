using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.WrittenPages;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.AccessBits;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.WrittenPages;

public sealed class WrittenPagesCheckTests
{
    private const string Small = "--size 2M --hot 1M --warm 0 --throttle 1ms --duration 60s --access write";

    [SkippableFact]
    public void SelfTest_PassesWhereTheProbeDoes()
    {
        RequireUserfaultfd();

        Assert.Equal(Capability.Yes, new WrittenPagesKind().SelfTest());
    }

    [SkippableFact]
    public void MemoryMappedLater_IsWatchedFromItsFirstSampleOn()
    {
        RequireUserfaultfd();
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = WrittenPagesCheck.Create(self);
        using TestMapping memory = TestMapping.SmallPages(64);
        memory.WriteAll();

        AccessState[] states = Sample(check, memory.Addresses(), () => memory.Write(5));

        Assert.Equal([5], Enumerable.Range(0, 64).Where(page => states[page] == AccessState.Accessed));
        Assert.Equal(63, states.Count(static state => state == AccessState.NotAccessed));
    }

    [SkippableFact]
    public void PagesThatAppear_AreUnpreparedInTheirFirstWindow()
    {
        RequireUserfaultfd();
        using TestMapping memory = TestMapping.SmallPages(3);
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = WrittenPagesCheck.Create(self);

        AccessState[] first = Sample(check, memory.Addresses(), () =>
        {
            _ = memory.Read(0);
            memory.Write(1);
        });
        AccessState[] second = Sample(check, memory.Addresses(), () => memory.Write(1));

        Assert.Equal([AccessState.Unprepared, AccessState.Unprepared, AccessState.NotAccessed], first);
        Assert.Equal([AccessState.NotAccessed, AccessState.Accessed, AccessState.NotAccessed], second);
    }

    [SkippableFact]
    public void AProcessThatOffersNothing_IsRefusedWithTheWayToOffer()
    {
        RequireUserfaultfd();
        using ExerciserProcess exerciser = ExerciserProcess.Start(Small);
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);
        var kind = new WrittenPagesKind();

        Capability capability = kind.ProbeTarget(target, new AccessCheckSettings(5_000, Realtime: false));

        Assert.False(capability.Available);
        Assert.Contains("docs/access-checks.md", capability.Hint, StringComparison.Ordinal);
        Assert.Throws<TargetUnavailableException>(() => WrittenPagesCheck.Create(target));
    }

    [SkippableFact]
    public void AnOfferedUserfaultfd_IsTakenAgainByTheNextRecordingAndLeavesNothingBehind()
    {
        RequireUserfaultfd();
        using ExerciserProcess exerciser = ExerciserProcess.Start($"{Small} --offer-userfaultfd yes");
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);
        ulong[] addresses = [exerciser["hot"].Start, exerciser["cold"].Start];
        for (int recording = 0; recording < 3; recording++)
        {
            using var check = WrittenPagesCheck.Create(target);
            Assert.Equal([AccessState.Accessed, AccessState.NotAccessed], UntilAccessed(check, addresses));
            Assert.EndsWith("userfaultfd=offered", check.Labels, StringComparison.Ordinal);
        }

        // VmFlags "uw": registered for write-protection.
        Assert.DoesNotContain(" uw", File.ReadAllText($"/proc/{exerciser.Pid}/smaps"), StringComparison.Ordinal);
        Assert.Equal(0, exerciser.Finish().ExitCode);
    }

    [Theory]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:0:1fe7f\n", true)]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:8000a000:1fe7f\n", true)]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:80000000:1fe7f\n", true)]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:80000040:1fe7f\n", false)]
    [InlineData("pos:\t0\n", false)]
    [InlineData("", false)]
    public void AUserfaultfd_IsOfferedWhileItHasNoFeaturesButOurs(string fdinfo, bool expected)
    {
        Assert.Equal(expected, OfferedUserfaultfd.IsUnused(fdinfo));
    }

    private static void RequireUserfaultfd()
    {
        Capability capability = new WrittenPagesKind().Probe();
        Skip.IfNot(capability.Available, capability.Reason);
    }

    private static AccessState[] UntilAccessed(WrittenPagesCheck check, ulong[] addresses)
    {
        AccessState[] states = [];
        for (int attempt = 0; attempt < 10 && (states.Length == 0 || states[0] != AccessState.Accessed); attempt++)
        {
            states = Sample(check, addresses, static () => Thread.Sleep(40));
        }

        return states;
    }

    private static AccessState[] Sample(WrittenPagesCheck check, ulong[] addresses, Action inTheWindow)
    {
        var states = new AccessState[addresses.Length];
        check.MakeOld(addresses);
        inTheWindow();
        check.ReadYoung(addresses, states);
        return states;
    }
}
