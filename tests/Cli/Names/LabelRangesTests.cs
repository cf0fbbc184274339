using Damon.Trace.Cli.Names;
using Damon.Trace.Tracer.Symbols.Parts;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.Names;

/// <summary>Labels are put on pages, put together, and made few.</summary>
public sealed class LabelRangesTests
{
    private const ulong Page = 4096;

    [Fact]
    public void PageOfTwoParts_IsThatOfTheLarger()
    {
        var mapping = new Mapping(0x10_0000, 0x10_8000, "r--p", Offset: Page, Inode: 1, "/a");
        FilePart[] parts =
        [
            new(0, Page + 3000, "before"), new(Page + 3000, 3 * Page, "middle"), new((4 * Page) + 3000, 100, "tiny"), new((4 * Page) + 3100, 100 * Page, "rest"),
        ];

        // Of the first page of the mapping "before" has 3000 bytes, of the fourth "middle" has as many; "tiny" has no page of its own.
        Assert.Equal(
            [LabelRanges.Of(0x10_0000, 0x10_1000, "before"), LabelRanges.Of(0x10_1000, 0x10_4000, "middle"), LabelRanges.Of(0x10_4000, 0x10_8000, "rest")],
            LabelRanges.OfFile(mapping, parts));
    }

    [Fact]
    public void Join_LeavesNoOverlap()
    {
        Assert.Equal(
            [LabelRanges.Of(0, 30, "a"), LabelRanges.Of(30, 40, "b")],
            LabelRanges.Join([LabelRanges.Of(20, 40, "b"), LabelRanges.Of(10, 30, "a"), LabelRanges.Of(0, 10, "a"), LabelRanges.Of(5, 5, "c")]));
    }

    [Fact]
    public void TooMany_HaveTheLabelOfMostOfThem()
    {
        // Two megabytes: two pages of a, one of b, again and again; then a megabyte of c.
        NamedRange[] ranges = [.. Enumerable.Range(0, 512).Select(static i => LabelRanges.Of((ulong)i * Page, (ulong)(i + 1) * Page, i % 3 == 2 ? "b" : "a")), LabelRanges.Of(2 << 20, 3 << 20, "c")];

        IReadOnlyList<NamedRange> few = LabelRanges.Coarsen(LabelRanges.Join(ranges), 10);

        Assert.Equal([LabelRanges.Of(0, 2 << 20, "mostly a"), LabelRanges.Of(2 << 20, 3 << 20, "c")], few);
        Assert.Same(ranges, LabelRanges.Coarsen(ranges, 513));
    }
}
