using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Pages looked at beside the windows, and pages that are on no reclaim list yet.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class FollowedPagesTests(ReaderFixture fixture)
{
    [Fact]
    public void TakeYoung_TellsWhatWasAccessedSinceTheLatestLook()
    {
        using TestMapping memory = TestMapping.SmallPages(64);
        using AccessBitsCheck check = fixture.CheckSelf();
        memory.WriteAll();

        Assert.All(Take(check, memory.Addresses()), static state => Assert.Equal(AccessState.Accessed, state));
        Assert.All(Take(check, memory.Addresses()), static state => Assert.Equal(AccessState.NotAccessed, state));
        memory.Write(7);
        memory.Write(50);

        AccessState[] states = Take(check, memory.Addresses());

        Assert.Equal([7, 50], Enumerable.Range(0, 64).Where(page => states[page] == AccessState.Accessed));
        Assert.Equal(62, states.Count(static state => state == AccessState.NotAccessed));
    }

    [Fact]
    public void MakeOld_SaysWhatItTookFromThoseWhoFollow()
    {
        using TestMapping memory = TestMapping.SmallPages(8);
        using AccessBitsCheck check = fixture.CheckSelf();
        memory.WriteAll();
        _ = Take(check, memory.Addresses());
        memory.Write(5);
        memory.Write(6);

        check.MakeOld([memory.AddressOf(4) + 5, memory.AddressOf(5) + 5]);

        Assert.Equal([new AddressRange(memory.AddressOf(5), memory.AddressOf(6))], check.TakenYoung.ToArray());
        AccessState[] states = Take(check, memory.Addresses());
        Assert.Equal([6], Enumerable.Range(0, 8).Where(page => states[page] == AccessState.Accessed));
    }

    [Fact]
    public void TakeYoung_LeavesAnOpenWindowAsItIs()
    {
        using TestMapping sampled = TestMapping.SmallPages(8);
        using TestMapping followed = TestMapping.SmallPages(32);
        using AccessBitsCheck check = fixture.CheckSelf();
        var states = new AccessState[8];
        sampled.WriteAll();
        followed.WriteAll();

        check.MakeOld(sampled.Addresses());
        sampled.Write(3);
        _ = Take(check, followed.Addresses());
        check.ReadYoung(sampled.Addresses(), states);

        Assert.Equal([3], Enumerable.Range(0, 8).Where(page => states[page] == AccessState.Accessed));
        Assert.Equal(7, states.Count(static state => state == AccessState.NotAccessed));
    }

    [Fact]
    public void TakeYoung_ReportsEachAccessOnceHoweverLittleTimeThereIs()
    {
        using TestMapping memory = TestMapping.SmallPages(256);
        var options = new AccessBitsOptions { Clearer = ClearerKind.Cold, TakeTimeLimit = TimeSpan.Zero };
        using var check = new AccessBitsCheck(fixture.Reader, fixture.OwnProcess, TimeSpan.FromSeconds(1), options);
        memory.WriteAll();

        // One batch of 64 per look.
        int[] accessed = new int[256];
        for (int look = 0; look < 4; look++)
        {
            AccessState[] states = Take(check, memory.Addresses());
            Assert.Equal(192 - (64 * look), states.Count(static state => state == AccessState.Unprepared));
            for (int page = 0; page < 256; page++)
            {
                accessed[page] += states[page] == AccessState.Accessed ? 1 : 0;
            }
        }

        Assert.All(accessed, static times => Assert.Equal(1, times));
    }

    [Fact]
    public void TakeYoung_AllocatesNothing()
    {
        using TestMapping memory = TestMapping.SmallPages(1000);
        using AccessBitsCheck check = fixture.CheckSelf();
        ulong[] addresses = memory.Addresses();
        var states = new AccessState[addresses.Length];
        Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(100);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int looks)
        {
            for (int look = 0; look < looks; look++)
            {
                memory.Write(look);
                check.TakeYoung(addresses, states);
            }
        }
    }

    /// <summary>They wait in a list of that CPU, where MADV_COLD called from here skips them.</summary>
    [Fact]
    public void PagesThatAnotherCpuFaultedIn_AreDrainedAndCleared()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "takes two CPUs");
        using var here = new PinnedThread();
        using TestMapping memory = TestMapping.SmallPages(8);
        using AccessBitsCheck check = fixture.CheckSelf();
        FaultInElsewhere(memory);
        Assert.SkipWhen(fixture.Describe(memory.Addresses()).All(static folio => folio.IsOnLru), "another program drained the list just now");

        AccessState[] untouched = AccessBitsCheckTests.Sample(check, memory.Addresses(), static () => { });
        AccessState[] touched = AccessBitsCheckTests.Sample(check, memory.Addresses(), () => memory.Write(2));

        Assert.All(untouched, static state => Assert.Equal(AccessState.NotAccessed, state));
        Assert.Equal([2], Enumerable.Range(0, 8).Where(page => touched[page] == AccessState.Accessed));
        Assert.InRange(check.Counters.Drains, 0, 1);
        Assert.False(check.NeedsSweep);
    }

    [Fact]
    public void Drains_AreNotRepeatedWithinASecond()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "takes two CPUs");
        using var here = new PinnedThread();
        using AccessBitsCheck check = fixture.CheckSelf();
        for (int round = 0; round < 5; round++)
        {
            using TestMapping memory = TestMapping.SmallPages(4);
            FaultInElsewhere(memory);
            AccessState[] states = AccessBitsCheckTests.Sample(check, memory.Addresses(), static () => { });
            Assert.All(states, static state => Assert.Contains(state, new[] { AccessState.NotAccessed, AccessState.Unprepared }));
        }

        Assert.InRange(check.Counters.Drains, 0, 5);
    }

    private static void FaultInElsewhere(TestMapping memory)
    {
        var thread = new Thread(() =>
        {
            byte[] set = new byte[Sched.CpuSetSize];
            Assert.Equal(0, Sched.GetAffinity(set));
            int here = Array.FindIndex(set, static bits => bits != 0);
            here = (here * 8) + int.TrailingZeroCount(set[here]);
            Array.Clear(set);
            set[0] = (byte)(here == 0 ? 2 : 1);
            Assert.Equal(0, Sched.SetAffinity(set));
            memory.WriteAll();
        });
        thread.Start();
        thread.Join();
    }

    private static AccessState[] Take(AccessBitsCheck check, ulong[] addresses)
    {
        var states = new AccessState[addresses.Length];
        check.TakeYoung(addresses, states);
        return states;
    }
}
