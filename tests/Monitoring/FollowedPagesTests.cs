namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class FollowedPagesTests
{
    private const long SecondNs = 1_000_000_000;

    [Fact]
    public void PageChoice_PicksOnePageOfEachBlock()
    {
        PageChoice choice = new(seed: 5, level: 4);
        HashSet<ulong> offsets = [];
        for (ulong block = 0; block < 1_000; block++)
        {
            ulong page = choice.PageOf(block);
            Assert.Equal(block, page / 16);
            offsets.Add(page % 16);
        }

        Assert.Equal(16, offsets.Count);
    }

    [Fact]
    public void PageChoice_PicksEveryPageEquallyOften()
    {
        // 16,000 blocks over 16 offsets: 1,000 each, standard deviation 31; five of them.
        PageChoice choice = new(seed: 5, level: 4);
        int[] counts = new int[16];
        for (ulong block = 0; block < 16_000; block++)
        {
            counts[choice.PageOf(block) % 16]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 845, 1_155));
    }

    [Fact]
    public void PageChoice_OfACoarserLevelIsAPartOfTheFiner()
    {
        HashSet<ulong> fine = [.. Enumerable.Range(0, 1_024).Select(block => new PageChoice(9, 3).PageOf((ulong)block))];
        Assert.All(Enumerable.Range(0, 512), block => Assert.Contains(new PageChoice(9, 4).PageOf((ulong)block), fine));
    }

    [Fact]
    public void Look_KnowsWhenEachPageWasAccessedLast()
    {
        // Page p is accessed in look number p: 1,000 pages, all followed.
        SimulatedMemory memory = new([new AddressRange(0, 1_000 * Run.Page)], (page, window) => page == (ulong)window);
        FollowedPages followed = new(1, Run.Page);
        followed.Update(memory.Populated, 0);
        for (int second = 1; second <= 50; second++)
        {
            followed.Look(memory, second * SecondNs);
            memory.MakeOld([]);
        }

        Assert.Equal(1_000, followed.Count);
        for (int i = 0; i < followed.Count; i++)
        {
            // The first look, of window 0, only makes old; the look of second s is of window s - 1.
            long expected = i is >= 1 and <= 49 ? (i + 1) * SecondNs : FollowedPage.Never;
            Assert.Equal(expected, followed.Pages[i].LastNs);
        }
    }

    [Fact]
    public void OnTaken_CreditsAnAccessThatSomebodyElseCleared()
    {
        SimulatedMemory memory = new([new AddressRange(0, 100 * Run.Page)], (_, _) => false);
        FollowedPages followed = new(1, Run.Page);
        followed.Update(memory.Populated, 0);
        followed.Look(memory, 1);
        followed.OnTaken([new AddressRange(10 * Run.Page, 12 * Run.Page), new AddressRange(50 * Run.Page, 51 * Run.Page)], 7);
        Assert.Equal([10, 11, 50], Enumerable.Range(0, 100).Where(i => followed.Pages[i].LastNs == 7));
    }

    [Fact]
    public void NewMemory_CountsAsAccessedWhenItCame()
    {
        SimulatedMemory memory = new([new AddressRange(0, 100 * Run.Page)], (_, _) => false);
        FollowedPages followed = new(1, Run.Page);
        followed.Update(memory.Populated, 0);
        followed.Look(memory, 1);
        followed.Update([new AddressRange(0, 150 * Run.Page)], 9);
        Assert.Equal(150, followed.Count);
        Assert.All(followed.Pages[..100].ToArray(), page => Assert.Equal(FollowedPage.Never, page.LastNs));
        Assert.All(followed.Pages[100..].ToArray(), page => Assert.Equal(9, page.LastNs));
    }

    [Fact]
    public void GrowingMemory_KeepsWhatIsKnown()
    {
        // 4,096 pages at most: of 16 times as much memory a sixteenth of the pages stay followed, with their times.
        SimulatedMemory memory = new([new AddressRange(0, 4_096 * Run.Page)], (page, window) => window == 1 && page % 2 == 0);
        FollowedPages followed = new(1, Run.Page);
        followed.Update(memory.Populated, 0);
        followed.Look(memory, 1);
        memory.MakeOld([]);
        followed.Look(memory, 2);
        followed.Update([new AddressRange(0, 16 * 4_096 * Run.Page)], 3);
        Assert.InRange(followed.Count, 2_048, 4_096);
        for (int i = 0; i < followed.Count; i++)
        {
            ulong page = followed.Addresses[i] / Run.Page;
            long expected = page >= 4_096 ? 3 : page % 2 == 0 ? 2 : FollowedPage.Never;
            Assert.Equal(expected, followed.Pages[i].LastNs);
        }
    }

    [Fact]
    public void SweptPages_AreNewsOncePerSweep()
    {
        FollowedPage page = new() { LastNs = FollowedPage.Never };
        page.See(AccessState.SweptAccessed, 1);
        Assert.Equal(FollowedPage.Never, page.LastNs);
        page.OnSwept();
        page.See(AccessState.SweptAccessed, 2);
        page.See(AccessState.SweptAccessed, 3);
        Assert.Equal(2, page.LastNs);
        page.OnSwept();
        page.See(AccessState.SweptAccessed, 4);
        Assert.Equal(4, page.LastNs);
    }

    [Fact]
    public void WhatTheFirstLookOfAPageFinds_IsNoNews()
    {
        // Not made old in time at first: the second look is the first that makes it old.
        FollowedPage page = new() { LastNs = FollowedPage.Never };
        page.See(AccessState.Unprepared, 1);
        Assert.True(page.IsUnknown);
        page.See(AccessState.Accessed, 2);
        Assert.Equal(FollowedPage.Never, page.LastNs);
        Assert.False(page.IsUnknown);
        page.See(AccessState.Accessed, 3);
        Assert.Equal(3, page.LastNs);
    }

    [Fact]
    public void Looks_AllocateNothing()
    {
        SimulatedMemory memory = new([new AddressRange(0, 1ul << 30)], (page, _) => page % 7 == 0);
        FollowedPages followed = new(1, Run.Page);
        for (int i = 0; i < 3; i++)
        {
            followed.Update(memory.Populated, i);
            followed.Look(memory, i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        followed.Update(memory.Populated, 10);
        followed.Look(memory, 10);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
