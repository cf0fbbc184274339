using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Every page of a process, right both ways, for every kind of memory.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class ExactScanTests(ReaderFixture fixture)
{
    private const int Pages = 4096;

    [Theory]
    [InlineData("private")]
    [InlineData("shared")]
    [InlineData("forked")]
    [InlineData("locked")]
    [InlineData("memfd")]
    [InlineData("file")]
    public void EveryThirdPage_IsFoundAndNoOther(string kind)
    {
        using MemoryOfKind memory = MemoryOfKind.Create(kind, Pages);
        using ExactScan scan = Scan(memory);

        scan.Sweep();
        ExactPages none = scan.Read(Within(memory));
        memory.Read(3);
        ExactPages third = scan.Read(Within(memory));

        AssertTruth(memory, none, static _ => false);
        AssertTruth(memory, third, static page => page % 3 == 0);
        Assert.True(third.WindowNs > none.WindowNs && none.WindowNs > 0);
    }

    [Fact]
    public void RandomPages_AreFoundAndNoOthers()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", Pages);
        using ExactScan scan = Scan(memory);
        var random = new SeededRandom(11);
        for (int round = 0; round < 5; round++)
        {
            HashSet<int> touched = [.. Enumerable.Range(0, 500).Select(_ => (int)(random.NextUInt64() % Pages))];
            scan.Sweep();
            memory.ReadPages(touched);

            AssertTruth(memory, scan.Read(Within(memory)), touched.Contains);
        }
    }

    /// <summary>A huge page has one bit: all of it is touched by one access, and none of its neighbours.</summary>
    [Fact]
    public void HugePages_AreTouchedWhole()
    {
        const int HugePage = 512;
        using MemoryOfKind memory = MemoryOfKind.Create("huge", Pages);
        using ExactScan scan = Scan(memory);

        scan.Sweep();
        memory.ReadPages(Enumerable.Range(0, Pages / HugePage / 2).Select(static i => (2 * i * HugePage) + 7));
        ExactPages pages = scan.Read(Within(memory));

        ulong huge = pages.Huge.Aggregate(0UL, static (sum, range) => sum + range.Size);
        Assert.SkipWhen(huge < Pages * TestMapping.PageSize, "no huge pages were to be had");
        AssertTruth(memory, pages, static page => page / HugePage % 2 == 0);
        Assert.Equal(huge, Assert.Single(pages.ByMapping(scan.Mappings)).HugeBytes);
    }

    /// <summary>
    /// What was accessed in a shorter window was so in the longer one. Other samplers of the machine may take its bit, after which it is not known of
    /// shared pages whose it was, and the kernel's reclaim that of a file's: only of the own memory is it told, and unknown is no contradiction.
    /// </summary>
    [Fact]
    public async Task Windows_HoldTheShorterOnes()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", Pages);
        _ = fixture.Reader;
        Assert.SkipUnless(ClearRefsClearer.CanFlush, "clear_refs cannot flush here");
        TimeSpan[] windows = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)];

        using var end = new CancellationTokenSource();
        Task reading = Task.Run(() => ReadOneByOne(memory, end.Token), CancellationToken.None);
        IReadOnlyList<ExactPages> results = ExactScan.Run(fixture.Reader, memory.Target, windows, Within(memory));
        await end.CancelAsync();
        await reading;

        Assert.Equal(3, results.Count);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(results[i].WindowNs >= windows[i].TotalNanoseconds);
            Assert.Equal((ulong)Pages * TestMapping.PageSize, results[i].KnownBytes + results[i].UnknownBytes);
            Assert.DoesNotContain(memory.Addresses, page =>
                i > 0 && results[i - 1].StateAt(page) == ExactState.Touched && results[i].StateAt(page) == ExactState.Untouched);
        }

        Assert.True(results[2].TouchedBytes > 0, "nothing was read within a second");
    }

    [Fact]
    public void AllMemory_IsTheRss()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("locked", Pages);
        using ExactScan scan = Scan(memory);
        scan.Sweep();

        // The workload's own stack and heap may grow meanwhile.
        ulong before = RssOf(memory.Target.Pid);
        ExactPages pages = scan.Read();
        ulong after = RssOf(memory.Target.Pid);

        Assert.InRange(pages.KnownBytes + pages.UnknownBytes, Math.Min(before, after), Math.Max(before, after));
        Assert.Equal(pages.KnownBytes + pages.UnknownBytes, pages.Regions().Aggregate(0UL, static (sum, region) => sum + region.Size));
        Assert.Equal(pages.TouchedBytes, pages.Regions().Where(static region => region.State == ExactState.Touched)
            .Aggregate(0UL, static (sum, region) => sum + region.Size));
    }

    [Fact]
    public void AProcessThatIsGone_IsToldAsSuch()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", 16);
        using ExactScan scan = Scan(memory);
        scan.Sweep();
        memory.Kill();

        Assert.Contains("exited", Assert.Throws<TargetUnavailableException>(() => scan.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TouchedParts_BecomeRangesOfFiles()
    {
        var builder = new ExactPagesBuilder();
        builder.Add(0x10000, ExactState.Touched);
        builder.Add(0x11000, ExactState.Touched);
        builder.Add(0x12000, ExactState.Untouched);
        builder.Add(0x13000, ExactState.Unknown);
        builder.Add(0x14000, ExactState.Touched);
        builder.Add(0x20000, ExactState.Touched);
        builder.Add(0x30000, ExactState.Touched);
        ExactPages pages = builder.Build(1, 1);
        Mapping[] mappings =
        [
            new(0x10000, 0x11000, "r--p", 0x5000, 7, "/lib/a"), new(0x11000, 0x15000, "r-xp", 0x6000, 7, "/lib/a"),
            new(0x20000, 0x21000, "rw-p", 0, 0, "[heap]"), new(0x30000, 0x31000, "rw-s", 0, 9, "/tmp/b (deleted)"),
        ];

        Assert.Equal([new FileRange("/lib/a", 0x5000, 0x2000), new FileRange("/lib/a", 0x9000, 0x1000)], pages.TouchedFileRanges(mappings));
        Assert.Equal(
            [
                new(0x10000, 0x12000, ExactState.Touched), new(0x12000, 0x13000, ExactState.Untouched),
                new(0x13000, 0x14000, ExactState.Unknown), new(0x14000, 0x15000, ExactState.Touched),
                new(0x20000, 0x21000, ExactState.Touched), new ExactRegion(0x30000, 0x31000, ExactState.Touched),
            ],
            pages.Regions());
        Assert.Equal([ExactState.Touched, ExactState.Untouched, ExactState.Unknown, null],
            new[] { 0x11fffUL, 0x12000UL, 0x13008UL, 0x15000UL }.Select(pages.StateAt));
        ExactMapping[] byMapping = [.. pages.ByMapping(mappings)];
        Assert.Equal(mappings, byMapping.Select(static mapping => mapping.Mapping));
        Assert.Equal([(0x1000UL, 0UL, 0UL), (0x2000, 0x1000, 0x1000), (0x1000, 0, 0), (0x1000, 0, 0)],
            byMapping.Select(static mapping => (mapping.TouchedBytes, mapping.UntouchedBytes, mapping.UnknownBytes)));
        Assert.Equal([new PageRun(0, 1), new PageRun(3, 1)], byMapping[1].Touched);
        Assert.Equal((0x5000UL, 0x6000UL, 0x1000UL), (pages.TouchedBytes, pages.KnownBytes, pages.UnknownBytes));
    }

    private ExactScan Scan(MemoryOfKind memory)
    {
        PageTableReader reader = fixture.Reader;
        Assert.SkipUnless(ClearRefsClearer.CanFlush, "clear_refs cannot flush here: this kernel tracks soft-dirty pages");
        return new ExactScan(reader, memory.Target);
    }

    private static void ReadOneByOne(MemoryOfKind memory, CancellationToken end)
    {
        for (int page = 0; page < memory.Pages && !end.IsCancellationRequested; page++)
        {
            memory.ReadPages([page]);
        }
    }

    private static AddressRange[] Within(MemoryOfKind memory) =>
        [new AddressRange(memory.Start, memory.Start + ((ulong)memory.Pages * TestMapping.PageSize))];

    private static ulong RssOf(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(static line => line.StartsWith("Rss:", StringComparison.Ordinal))
        .Select(static line => ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])).Single() * 1024;

    /// <summary>
    /// Another sampler of the machine takes a bit in a thousand a second, and then it is not known of shared pages whose it was: never more
    /// than a few unknown, and none wrong.
    /// </summary>
    private static void AssertTruth(MemoryOfKind memory, ExactPages pages, Func<int, bool> isTouched)
    {
        ExactState?[] states = [.. memory.Addresses.Select(pages.StateAt)];
        Assert.DoesNotContain(null, states);
        int[] wrong = [.. Enumerable.Range(0, memory.Pages).Where(page =>
            states[page] != ExactState.Unknown && states[page] != (isTouched(page) ? ExactState.Touched : ExactState.Untouched))];
        Assert.Empty(wrong);
        Assert.InRange(pages.UnknownBytes, 0UL, (ulong)memory.Pages * TestMapping.PageSize / 100);
    }
}
