using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Memory that MADV_COLD leaves young: nothing is said about it until a sweep, and then the truth.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class SweepTests(ReaderFixture fixture)
{
    private const int Pages = 96;

    // Another sampler of the machine may take a bit between our touch and our look.
    private const int Attempts = 3;

    [Theory]
    [InlineData("shared")]
    [InlineData("forked")]
    [InlineData("locked")]
    [InlineData("memfd")]
    [InlineData("largefile")]
    public void PagesOfEveryKind_AreKnownInSweptWindowsOnly(string kind)
    {
        using MemoryOfKind memory = MemoryOfKind.Create(kind, Pages);
        using AccessBitsCheck check = Check(memory);
        ulong[] addresses = memory.Addresses;
        memory.Read(1);

        AssertAll(AccessState.AwaitsSweep, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
        Assert.True(check.NeedsSweep);
        AssertEveryThird(() =>
        {
            Assert.True(check.Sweep());
            return AccessBitsCheckTests.Sample(check, addresses, () => memory.Read(3));
        });

        // Most pages are old now, and still nothing is said of any in a window that no sweep opened.
        AssertAll(AccessState.AwaitsSweep, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
    }

    [Fact]
    public void HugePagesOfTwoProcesses_AreKnownInSweptWindowsOnly()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("hugeforked", 4 * 512);
        Assert.SkipUnless(
            File.ReadAllText($"/proc/{memory.Target.Pid}/smaps_rollup").Contains("AnonHugePages:      8192 kB", StringComparison.Ordinal),
            "no huge pages were to be had");
        using AccessBitsCheck check = Check(memory);
        ulong[] addresses = [.. Enumerable.Range(0, 4).Select(huge => memory.Start + ((ulong)huge * TestMapping.HugeSize) + 0x5000)];
        memory.Read(1);

        AssertAll(AccessState.AwaitsSweep, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
        AccessState[] expected = [
            AccessState.SweptAccessed, AccessState.SweptNotAccessed, AccessState.SweptAccessed, AccessState.SweptNotAccessed];
        AccessState[] states = [];
        for (int attempt = 0; attempt < Attempts && !states.SequenceEqual(expected); attempt++)
        {
            Assert.True(check.Sweep());
            states = AccessBitsCheckTests.Sample(check, addresses, () => memory.Read(1024));
        }

        Assert.Equal(expected, states);
    }

    [Fact]
    public void PrivatePages_AreExactInEveryWindowAndNeedNoSweep()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", Pages);
        using AccessBitsCheck check = Check(memory);
        ulong[] addresses = memory.Addresses;
        memory.Read(1);

        AssertAll(AccessState.NotAccessed, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
        Assert.False(check.NeedsSweep);
        Assert.True(check.Sweep());
        AccessState[] states = AccessBitsCheckTests.Sample(check, addresses, () => memory.Read(3));

        Assert.Equal(EveryThird(AccessState.Accessed, AccessState.NotAccessed), states);
        Assert.True(check.TakenYoung.IsEmpty);
    }

    [Fact]
    public void PagesSharedByAFork_ChangeTheirClass()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", Pages);
        using AccessBitsCheck check = Check(memory);
        ulong[] addresses = memory.Addresses;
        AssertAll(AccessState.NotAccessed, AccessBitsCheckTests.Sample(check, addresses, static () => { }));

        memory.Fork();
        memory.Read(1);

        AssertAll(AccessState.AwaitsSweep, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
        AssertEveryThird(() =>
        {
            Assert.True(check.Sweep());
            return AccessBitsCheckTests.Sample(check, addresses, () => memory.Read(3));
        });
    }

    [Fact]
    public void CodeOfSharedLibraries_IsMadeOldBySweeps()
    {
        using Child child = Child.Sleep();
        using var check = new AccessBitsCheck(fixture.Reader, child.Open(), TimeSpan.FromMinutes(1));
        Assert.SkipUnless(ClearRefsClearer.CanFlush, "clear_refs cannot flush here");
        Child.WaitUntil(() => File.ReadAllText($"/proc/{child.Pid}/stat").Contains(") S ", StringComparison.Ordinal));
        string line = File.ReadLines($"/proc/{child.Pid}/maps").First(
            static l => l.Contains("r-xp", StringComparison.Ordinal) && l.Contains("/libc", StringComparison.Ordinal));
        ulong start = Convert.ToUInt64(line.Split('-')[0], 16);
        ulong[] addresses = [.. Enumerable.Range(0, 256).Select(page => start + ((ulong)page * TestMapping.PageSize))];

        AccessState[] cold = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        Assert.True(check.Sweep());
        AccessState[] swept = AccessBitsCheckTests.Sample(check, addresses, static () => { });

        Assert.Contains(AccessState.AwaitsSweep, cold);
        Assert.Contains(AccessState.SweptNotAccessed, swept);
        Assert.All(swept, static state => Assert.Contains(state, new[] { AccessState.SweptNotAccessed, AccessState.NotPresent }));
    }

    [Fact]
    public void SweptPages_AreFollowedFromSweepToSweep()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("shared", Pages);
        using AccessBitsCheck check = Check(memory);
        ulong[] addresses = memory.Addresses;
        var states = new AccessState[Pages];

        check.TakeYoung(addresses, states);
        AssertAll(AccessState.AwaitsSweep, states);
        for (int look = 0; look < 2; look++)
        {
            AssertEveryThird(() =>
            {
                Assert.True(check.Sweep());
                memory.Read(3);
                check.TakeYoung(addresses, states);
                return states;
            });
        }

        // They stay as they are until the next sweep.
        AccessState[] again = new AccessState[Pages];
        check.TakeYoung(addresses, again);
        Assert.Equal(states, again);
    }

    [Fact]
    public void SweptPasses_AllocateNothing()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("shared", Pages);
        using AccessBitsCheck check = Check(memory);
        ulong[] addresses = memory.Addresses;
        var states = new AccessState[Pages];
        Run(20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(200);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int passes)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                check.TakeYoung(addresses, states);
                _ = pass % 4 == 0 && check.Sweep();
                check.MakeOld(addresses);
                check.ReadYoung(addresses, states);
            }
        }
    }

    private AccessBitsCheck Check(MemoryOfKind memory)
    {
        PageTableReader reader = fixture.Reader;
        Assert.SkipUnless(ClearRefsClearer.CanFlush, "clear_refs cannot flush here: this kernel tracks soft-dirty pages");
        return new AccessBitsCheck(reader, memory.Target, TimeSpan.FromMinutes(1));
    }

    private static AccessState[] EveryThird(AccessState touched, AccessState untouched)
        => [.. Enumerable.Range(0, Pages).Select(page => page % 3 == 0 ? touched : untouched)];

    private static void AssertEveryThird(Func<AccessState[]> sample)
    {
        AccessState[] expected = EveryThird(AccessState.SweptAccessed, AccessState.SweptNotAccessed);
        AccessState[] states = sample();
        for (int attempt = 1; attempt < Attempts && !states.SequenceEqual(expected); attempt++)
        {
            states = sample();
        }

        Assert.Equal(expected, states);
    }

    private static void AssertAll(AccessState expected, AccessState[] states) => Assert.All(states, state => Assert.Equal(expected, state));
}
