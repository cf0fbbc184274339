using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.AccessBits;

[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed unsafe class PageTableReaderTests(ReaderFixture fixture)
{
    [Fact]
    public void Walk_ReadsTouchedSmallPagesAsYoungLeaves()
    {
        using TestMapping memory = TestMapping.SmallPages(1024);
        memory.WriteAll();

        LeafEntry[] leaves = fixture.Walk(memory.Addresses());

        Assert.All(leaves, static leaf => Assert.True(leaf.IsMapped && leaf.IsYoung && leaf.Level == 1));
        Assert.Equal(1024, leaves.Select(static leaf => leaf.FrameNumber).Distinct().Count());
    }

    [Fact]
    public void Walk_FindsNothingWhereNothingIsTouchedOrMapped()
    {
        using TestMapping memory = TestMapping.SmallPages(16);
        memory.Write(3);

        LeafEntry[] leaves = fixture.Walk([memory.AddressOf(2), memory.AddressOf(3), memory.AddressOf(4), 0x1000, 0x7ffffffff000 - 4096]);

        Assert.Equal([false, true, false, false, false], leaves.Select(static leaf => leaf.IsMapped));
    }

    [Fact]
    public void Walk_AgreesWithPagemapOnFrames()
    {
        using TestMapping memory = TestMapping.SmallPages(8);
        memory.WriteAll();
        foreach (ulong address in memory.Addresses())
        {
            _ = Pagemap.Read(fixture.OwnPagemap, address, out ulong entry);
            ulong frame = entry & ((1UL << 55) - 1);
            Assert.SkipWhen(frame == 0, "page frame numbers are hidden without CAP_SYS_ADMIN");
            Assert.Equal(frame, fixture.Walk(address)[0].FrameNumber);
        }
    }

    [Fact]
    public void Walk_ReadsHugePagesAsOneLeafOfLevelTwo()
    {
        using TestMapping memory = TestMapping.HugePages(2);
        memory.Write(0);

        LeafEntry[] leaves = fixture.Walk(memory.AddressOf(0), memory.AddressOf(300), memory.AddressOf(511), memory.AddressOf(512));

        Assert.SkipWhen(leaves[0].Level != 2, "no huge page was to be had");
        Assert.All(leaves[..3], leaf => Assert.Equal(leaves[0], leaf));
        Assert.False(leaves[3].IsMapped);
        Assert.Equal(0UL, leaves[0].FrameNumber % 512);
    }

    [Fact]
    public void Walk_SeesPagesWithoutAccessRights()
    {
        using TestMapping memory = TestMapping.SmallPages(4);
        memory.WriteAll();
        ulong frame = fixture.Walk(memory.AddressOf(1))[0].FrameNumber;
        Assert.Equal(0, mprotect(memory.Start, (size_t)memory.Length, PROT_NONE));

        LeafEntry leaf = fixture.Walk(memory.AddressOf(1))[0];

        Assert.True(leaf.IsMapped);
        Assert.Equal(frame, leaf.FrameNumber);
    }

    [Fact]
    public void Walk_ReadsFilePages()
    {
        using TestMapping memory = TestMapping.Shared(32);
        memory.WriteAll();

        Assert.All(fixture.Walk(memory.Addresses()), static leaf => Assert.True(leaf.IsYoung));
    }

    [Fact]
    public void Describe_CountsMappingsAsPagemapDoes()
    {
        using TestMapping memory = TestMapping.SmallPages(64);
        using TestMapping shared = TestMapping.Shared(64);
        memory.WriteAll();
        shared.WriteAll();
        ulong[] addresses = [.. memory.Addresses(), .. shared.Addresses()];

        Folio[] folios = fixture.Describe(addresses);

        for (int i = 0; i < addresses.Length; i++)
        {
            _ = Pagemap.Read(fixture.OwnPagemap, addresses[i], out ulong entry);
            Assert.True(folios[i].IsKnown);
            Assert.Equal((entry & Pagemap.Exclusive) != 0, folios[i].MapCount == 1 << folios[i].Order);
        }
    }

    [Fact]
    public void Describe_ReportsOrderAndIndexOfAHugePage()
    {
        using TestMapping memory = TestMapping.HugePages(1);
        memory.Write(0);
        Assert.SkipWhen(fixture.Walk(memory.AddressOf(0))[0].Level != 2, "no huge page was to be had");

        Folio folio = fixture.Describe(memory.AddressOf(0))[0];

        Assert.Equal((9, 0, 1), (folio.Order, folio.Index, folio.MapCount));
    }

    [Fact]
    public void ReadWord_FailsWhereTheKernelMapsNothing()
    {
        Assert.False(fixture.Reader.ReadWord(0xdead000000000000, out _));
    }

    [Fact]
    public void Walk_ByHelperCallsFindsTheSame()
    {
        _ = fixture.Reader;
        using var helperOnly = PageTableReader.TryCreate(allowCast: false, out _);
        Assert.NotNull(helperOnly);
        using TestMapping memory = TestMapping.SmallPages(1024);
        memory.WriteAll();
        ulong[] addresses = [.. memory.Addresses(), 0x1000];
        ulong[] leaves = new ulong[addresses.Length];

        Assert.Equal(0, helperOnly.Walk(fixture.OwnPagemap, addresses, leaves));

        Assert.Equal(fixture.Walk(addresses), leaves.Select(static bits => new LeafEntry(bits)));
        Assert.Equal(fixture.Reader.DirectMap, helperOnly.DirectMap);
    }

    [Fact]
    public void Walk_FailsOnAFileThatIsNotThere()
    {
        using var none = new Microsoft.Win32.SafeHandles.SafeFileHandle(1023, ownsHandle: false);

        Assert.NotEqual(0, fixture.Reader.Walk(none, [0x1000], new ulong[1]));
    }

    [Fact]
    public void Reader_FindsStructPages()
    {
        Assert.True(fixture.Reader.KnowsFolios);
        Assert.NotEqual(0UL, fixture.Reader.DirectMap);
    }
}
