using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.AccessBits;

[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class AccessBitsCheckTests(ReaderFixture fixture)
{
    [Theory]
    [InlineData(ClearerKind.Cold)]
    [InlineData(ClearerKind.ClearRefs)]
    public void ReadYoung_FindsUntouchedPagesOldAndTouchedOnesAccessed(ClearerKind clearer)
    {
        using TestMapping memory = TestMapping.SmallPages(512);
        using AccessBitsCheck check = fixture.CheckSelf(clearer);
        ulong[] addresses = memory.Addresses();
        memory.WriteAll();

        // 512 of 512 old, then 512 of 512 young, then the first half only.
        Assert.All(Sample(check, addresses, static () => { }), static state => Assert.Equal(AccessState.NotAccessed, state));
        Assert.All(Sample(check, addresses, memory.ReadAll), static state => Assert.Equal(AccessState.Accessed, state));
        AccessState[] half = Sample(check, addresses, () => TouchFirst(memory, 256));
        Assert.All(half[..256], static state => Assert.Equal(AccessState.Accessed, state));
        Assert.All(half[256..], static state => Assert.Equal(AccessState.NotAccessed, state));
    }

    /// <summary>That would make the target pay for pages nobody asked for, however cheap it is for the caller.</summary>
    [Fact]
    public void Passes_NeverMakeTheWholeTargetOldWherePagesCanBe()
    {
        using TestMapping memory = TestMapping.SmallPages(64);
        using AccessBitsCheck check = fixture.CheckSelf(ClearerKind.Auto);
        ulong[] addresses = memory.Addresses();

        for (int pass = 0; pass < 500; pass++)
        {
            _ = Sample(check, addresses, memory.ReadAll);
        }

        Assert.Equal(0, check.Counters.ClearRefsCalls);
        Assert.Contains("clearer=cold", check.Labels, StringComparison.Ordinal);
    }

    /// <summary>So the first pass finds nothing to clear but what was touched in between.</summary>
    [Fact]
    public void StartOld_MakesTheWholeTargetOld()
    {
        using TestMapping memory = TestMapping.SmallPages(256);
        memory.WriteAll();
        Assert.All(fixture.Walk(memory.Addresses()), static leaf => Assert.True(leaf.IsYoung));
        Assert.SkipUnless(ClearRefsClearer.CanFlush, "this kernel tracks soft-dirty pages: clear_refs cannot flush");
        using AccessBitsCheck check = fixture.CheckSelf(ClearerKind.Auto);

        check.StartOld();

        Assert.DoesNotContain(fixture.Walk(memory.Addresses()), static leaf => leaf.IsYoung);
        Assert.Contains("clearer=cold", check.Labels, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadYoung_FindsPagesTouchedForTheFirstTime()
    {
        using TestMapping memory = TestMapping.SmallPages(16);
        using AccessBitsCheck check = fixture.CheckSelf();

        AccessState[] states = Sample(check, memory.Addresses(), () => memory.Write(5));

        Assert.Equal(1, states.Count(static state => state == AccessState.Accessed));
        Assert.Equal(AccessState.Accessed, states[5]);
    }

    [Fact]
    public void ReadYoung_FindsNothingInHoles()
    {
        using AccessBitsCheck check = fixture.CheckSelf();

        AccessState[] states = Sample(check, [0x1000, 0x10000, 0x7ffffffff000 - 4096], static () => { });

        Assert.All(states, static state => Assert.Equal(AccessState.NotPresent, state));
    }

    [Fact]
    public void ReadYoung_NeverCallsAPageUnclearableThatIsTouchedAllTheTime()
    {
        using TestMapping memory = TestMapping.SmallPages(8);
        using AccessBitsCheck check = fixture.CheckSelf();
        memory.WriteAll();
        using var stop = new CancellationTokenSource();
        long rounds = 0;
        var toucher = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                memory.ReadAll();
                Interlocked.Increment(ref rounds);
            }
        });
        toucher.Start();
        var seen = new List<AccessState>();
        for (int pass = 0; pass < 50; pass++)
        {
            // Two more rounds have one that began in the window: every page is touched in it, however busy the machine is.
            seen.AddRange(Sample(check, memory.Addresses(), () =>
            {
                long before = Interlocked.Read(ref rounds);
                SpinWait.SpinUntil(() => Interlocked.Read(ref rounds) >= before + 2);
            }));
        }

        stop.Cancel();
        toucher.Join();

        Assert.All(seen, static state => Assert.Equal(AccessState.Accessed, state));
    }

    [Theory]
    [InlineData(ClearerKind.Cold)]
    [InlineData(ClearerKind.ClearRefs)]
    public void Passes_AllocateNothing(ClearerKind clearer)
    {
        using TestMapping memory = TestMapping.SmallPages(1000);
        using AccessBitsCheck check = fixture.CheckSelf(clearer);
        ulong[] addresses = memory.Addresses();
        var states = new AccessState[addresses.Length];
        for (int pass = 0; pass < 10; pass++)
        {
            Pass(check, memory, addresses, states);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 1000; pass++)
        {
            Pass(check, memory, addresses, states);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Labels_AreWordsWithValues()
    {
        using AccessBitsCheck check = fixture.CheckSelf();

        string[] words = check.Labels.Split(' ');

        Assert.Equal("accesses=rw", words[0]);
        Assert.All(words[1..], static word => Assert.Matches("^[a-z-]+=[A-Za-z0-9_]+$", word));
        Assert.Contains("clearer=cold", words);
        Assert.Contains("flushed=yes", words);
    }

    [Fact]
    public void Counters_CountWhatWasDone()
    {
        using TestMapping memory = TestMapping.SmallPages(100);
        using AccessBitsCheck check = fixture.CheckSelf();
        memory.WriteAll();
        _ = Sample(check, memory.Addresses(), memory.WriteAll);
        (long reads, long clears, long calls) = (check.Counters.Reads, check.Counters.Clears, check.Counters.ColdCalls);

        _ = Sample(check, memory.Addresses(), static () => { });

        // 100 young pages of their own, no longer fresh, in calls of 64 and 36.
        Assert.Equal(
            (100, 100, 2), (check.Counters.Reads - reads, check.Counters.Clears - clears, check.Counters.ColdCalls - calls));
    }

    [Fact]
    public void MakeOld_LeavesAllBeyondTheCutUnpreparedAndBeginsThereNextTime()
    {
        using TestMapping memory = TestMapping.SmallPages(512);
        var options = new AccessBitsOptions { Clearer = ClearerKind.Cold, ClearTimeLimit = TimeSpan.Zero };
        using var check = new AccessBitsCheck(fixture.Reader, fixture.OwnProcess, TimeSpan.FromSeconds(1), options);
        memory.WriteAll();
        using (AccessBitsCheck patient = fixture.CheckSelf())
        {
            _ = Sample(patient, memory.Addresses(), static () => { });
        }

        for (int page = 0; page < 512; page += 2)
        {
            // 256 young pages, an old one after each.
            memory.Write(page);
        }

        // No time at all still means one batch of 64 per tick: 128 pages, of which 64 are young.
        for (int tick = 0; tick < 4; tick++)
        {
            AccessState[] states = Sample(check, memory.Addresses(), static () => { });

            IEnumerable<int> known = Enumerable.Range(0, 512).Where(page => states[page] == AccessState.NotAccessed);
            Assert.Equal(tick < 3 ? Enumerable.Range(128 * tick, 128) : Enumerable.Range(0, 512), known);
            Assert.Equal(tick < 3 ? 384 : 0, states.Count(static state => state == AccessState.Unprepared));
        }
    }

    internal static AccessState[] Sample(AccessBitsCheck check, ulong[] addresses, Action inTheWindow)
    {
        var states = new AccessState[addresses.Length];
        check.MakeOld(addresses);
        inTheWindow();
        check.ReadYoung(addresses, states);
        return states;
    }

    private static void Pass(AccessBitsCheck check, TestMapping memory, ulong[] addresses, AccessState[] states)
    {
        TouchFirst(memory, 500);
        check.MakeOld(addresses);
        check.ReadYoung(addresses, states);
    }

    private static void TouchFirst(TestMapping memory, int pages)
    {
        for (int page = 0; page < pages; page++)
        {
            memory.Write(page);
        }
    }
}
