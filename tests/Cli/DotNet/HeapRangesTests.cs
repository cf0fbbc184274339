using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.DotNet;

public sealed class HeapRangesTests
{
    private const ulong Region = 4 << 20;
    private const ulong First = 0x7000_0000_0000;

    [Fact]
    public void RegionsOfOneGenerationSideBySide_AreOneRange()
    {
        Assert.Equal(
            [
                new NamedRange(First, First + (2 * Region), "[dotnet gen2]"),
                new NamedRange(First + (2 * Region), First + (3 * Region), "[dotnet gen0]"),
                new NamedRange(First + (8 * Region), First + (16 * Region), "[dotnet loh]"),
            ],
            Collect(
                (First + (8 * Region), First + (16 * Region), "[dotnet loh]"), (First + Region, First + (2 * Region), "[dotnet gen2]"),
                (First, First + Region, "[dotnet gen2]"), (First + (2 * Region), First + (3 * Region), "[dotnet gen0]")));
    }

    [Fact]
    public void Ranges_AreWholePages()
    {
        Assert.Equal([new NamedRange(First, First + 0x2000, "[dotnet gen1]")], Collect((First + 0x28, First + 0x1001, "[dotnet gen1]")));
    }

    [Fact]
    public void WhateverIsAdded_TheResultIsDisjointSortedAndHasEveryAddressOnce()
    {
        var random = new Random(11);
        for (int round = 0; round < 200; round++)
        {
            (ulong Start, ulong End, string Name)[] added =
            [
                .. Enumerable.Range(0, random.Next(12)).Select(_ =>
                {
                    // Some are empty or the wrong way round, as in tables read while they change.
                    ulong start = (ulong)random.Next(2, 42) * 4096;
                    return (start, start + (ulong)(random.Next(-2, 8) * 4096), $"[{random.Next(3)}]");
                }),
            ];

            NamedRange[] ranges = Collect(added);

            for (ulong page = 0; page < 52 * 4096; page += 4096)
            {
                NamedRange[] at = [.. ranges.Where(range => range.Start <= page && page < range.End)];
                string[] names = [.. added.Where(range => range.Start <= page && page < range.End).Select(range => range.Name)];
                Assert.Equal(names.Length > 0 ? 1 : 0, at.Length);
                Assert.All(at, range => Assert.Contains(range.Name, names));
            }

            Assert.Equal(ranges.OrderBy(range => range.Start), ranges);
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.Start || pair.First.Name != pair.Second.Name));
        }
    }

    [Fact]
    public void MoreRangesThanAnyoneCanRead_HaveOneName()
    {
        NamedRange range = Assert.Single(Collect(
            [.. Enumerable.Range(0, HeapRanges.MaxRanges + 1)
                .Select(i => (First + ((ulong)i * Region), First + ((ulong)(i + 1) * Region), i % 2 == 0 ? "[dotnet gen0]" : "[dotnet gen2]"))]));

        Assert.Equal(new NamedRange(First, First + ((HeapRanges.MaxRanges + 1) * Region), "[dotnet heap]"), range);
    }

    [Fact]
    public void MoreHolesThanAnyoneCanRead_AreBounded()
    {
        Assert.Equal(
            HeapRanges.MaxRanges,
            Collect([.. Enumerable.Range(0, HeapRanges.MaxRanges + 7).Select(i => (First + ((ulong)i * Region), First + ((ulong)i * Region) + 4096, "[a]"))]).Length);
    }

    private static NamedRange[] Collect(params (ulong Start, ulong End, string Name)[] added)
    {
        var ranges = new HeapRanges();
        foreach ((ulong start, ulong end, string name) in added)
        {
            ranges.Add(start, end, name);
        }

        return ranges.ToArray();
    }
}
