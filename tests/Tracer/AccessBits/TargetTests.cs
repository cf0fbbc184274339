using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Other processes as targets, and what becomes of a check when they exec or exit.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class TargetTests(ReaderFixture fixture)
{
    [Theory]
    [InlineData(ClearerKind.Cold, false)]
    [InlineData(ClearerKind.Cold, true)]
    [InlineData(ClearerKind.ClearRefs, false)]
    public void Stack_OfASleepingProcessReadsOldAfterClearing(ClearerKind clearer, bool hop)
    {
        using Child child = Child.Sleep();
        using AccessBitsCheck check = Check(child, clearer, hop);
        ulong[] addresses = child.PagesOf("[stack]");
        Child.WaitUntil(() => File.ReadAllText($"/proc/{child.Pid}/stat").Contains(") S ", StringComparison.Ordinal));
        Assert.SkipWhen(check.CannotClear, "remote clearing is not allowed");

        _ = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        AccessState[] states = AccessBitsCheckTests.Sample(check, addresses, static () => { });

        // Pages that exec still shares with the parent cannot be cleared; that is told, and they are never taken for accessed.
        Assert.DoesNotContain(AccessState.Accessed, states);
        Assert.Contains(AccessState.NotAccessed, states);
        Assert.False(check.TargetGone);
    }

    [Fact]
    public void Exit_LeavesNothingPresent()
    {
        using Child child = Child.Sleep();
        using AccessBitsCheck check = Check(child);
        ulong[] addresses = child.PagesOf("[stack]");
        _ = AccessBitsCheckTests.Sample(check, addresses, static () => { });

        AccessState[] during = AccessBitsCheckTests.Sample(check, addresses, child.Kill);
        AccessState[] after = AccessBitsCheckTests.Sample(check, addresses, static () => { });

        Assert.All(during.Concat(after), static state => Assert.Equal(AccessState.NotPresent, state));
        Assert.True(check.TargetGone);
    }

    [Fact]
    public void Exec_IsFollowedIntoTheNewAddressSpace()
    {
        using Child child = Child.ExecOnLine();
        using AccessBitsCheck check = Check(child);
        ulong[] before = child.PagesOf("[stack]");
        _ = AccessBitsCheckTests.Sample(check, before, static () => { });

        child.SendLine();
        Child.WaitUntil(() => child.Name() == "sleep");
        AccessState[] old = AccessBitsCheckTests.Sample(check, before, static () => { });
        ulong[] addresses = child.PagesOf("[stack]");
        AccessState[] states = AccessBitsCheckTests.Sample(check, addresses, static () => { });

        Assert.Equal(before.Length, old.Length);
        Assert.Equal(1, check.Counters.Reopened);
        Assert.False(check.TargetGone);
        Assert.Equal(addresses.Length, states.Length);
        Assert.True(check.Counters.Clears > 0);
    }

    [Fact]
    public void NoProcess_IsGoneFromTheStart()
    {
        using Child child = Child.Sleep();
        using TargetProcess process = TargetProcess.Open(child.Pid);
        child.Kill();
        using var check = new AccessBitsCheck(fixture.Reader, process, TimeSpan.FromMilliseconds(5));

        AccessState[] states = AccessBitsCheckTests.Sample(check, [0x1000, 0x2000], static () => { });

        Assert.All(states, static state => Assert.Equal(AccessState.NotPresent, state));
        Assert.True(check.TargetGone);
    }

    [Fact]
    public async Task Exits_AtAnyMomentDisturbNobody()
    {
        for (int round = 0; round < 5; round++)
        {
            using Child child = Child.Sleep();
            using AccessBitsCheck check = Check(child);
            ulong[] addresses = [.. child.PagesOf("[stack]")];
            Task kill = Task.Run(child.Kill);
            AccessState[] states = [];
            for (int pass = 0; pass < 20000 && !check.TargetGone; pass++)
            {
                states = AccessBitsCheckTests.Sample(check, addresses, static () => { });
            }

            await kill;
            _ = AccessBitsCheckTests.Sample(check, addresses, static () => { });
            Assert.True(check.TargetGone);
            Assert.DoesNotContain(AccessState.Accessed, states);
        }
    }

    [Fact]
    public void StolenBits_AreRecoveredFromTheFolio()
    {
        Assert.SkipUnless(Rivals.HasKdamond(), "no kernel DAMON worker takes accessed bits here");
        Assert.SkipUnless(fixture.Reader.RecoversYoung, "the kernel has no PG_young");
        using TestMapping memory = TestMapping.HugePages(32);
        memory.WriteAll();
        ulong[] addresses = [.. Enumerable.Range(0, 32).Select(huge => memory.AddressOf(huge * 512))];
        Assert.SkipUnless(fixture.Walk(addresses).All(static leaf => leaf.Level == 2), "no huge pages were to be had");

        // Half of all huge pages lose their bit per second to a worker that samples all memory.
        LeafEntry[] leaves = [];
        for (int wait = 0; wait < 100 && !leaves.Any(static leaf => leaf.IsRecovered); wait++)
        {
            Thread.Sleep(100);
            leaves = fixture.Walk(addresses);
        }

        Assert.SkipUnless(leaves.Any(static leaf => leaf.IsRecovered), "nothing was stolen within 10 s");
        Assert.All(leaves, static leaf => Assert.True(leaf.IsYoung));
        Assert.Contains(leaves, static leaf => !leaf.IsAccessed);

        // What was stolen is made old as well.
        using AccessBitsCheck check = fixture.CheckSelf();
        AccessState[] states = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        Assert.All(states, static state => Assert.Equal(AccessState.NotAccessed, state));
    }

    private AccessBitsCheck Check(Child child, ClearerKind clearer = ClearerKind.Cold, bool hop = false) => new(
        fixture.Reader, child.Open(), TimeSpan.FromMinutes(1), new AccessBitsOptions { Clearer = clearer, HopToTargetCpu = hop });
}
