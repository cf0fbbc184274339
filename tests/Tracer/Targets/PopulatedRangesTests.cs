using System.Globalization;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.AccessBits;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class PopulatedRangesTests
{
    [Theory]
    [InlineData("private")]
    [InlineData("shared")]
    [InlineData("file")]
    [InlineData("huge")]
    [InlineData("locked")]
    public void Sums_AreTheRssOfEveryMapping(string kind)
    {
        using MemoryOfKind memory = MemoryOfKind.Create(kind, 1024);
        var space = new VaddrAddressSpace(memory.Target);
        var mappings = new List<AddressRange>();
        var populated = new List<AddressRange>();

        // The target's interpreter may still touch a page, or extend its heap: what is compared lies between two equal readings. And a page that the
        // kernel is just moving counts as resident, and is not present.
        Dictionary<ulong, ulong> rss;
        int tries = 0;
        do
        {
            rss = ReadRss(memory.Target.Pid);
            Assert.True(space.TryReadMappings(mappings));
            Assert.SkipUnless(space.TryReadPopulated(populated), "PAGEMAP_SCAN needs Linux 6.7");
        }
        while ((!rss.OrderBy(static pair => pair.Key).SequenceEqual(ReadRss(memory.Target.Pid).OrderBy(static pair => pair.Key))
            || mappings.Exists(mapping => rss[mapping.Start] != SumIn(populated, mapping))) && ++tries < 20);

        Assert.All(mappings, mapping => Assert.Equal(rss[mapping.Start], SumIn(populated, mapping)));
        Assert.Equal(1024UL * 4096, SumIn(populated, new AddressRange(memory.Start, memory.Start + (1024 * 4096))));
        Assert.All(populated.Zip(populated.Skip(1)), static pair => Assert.True(pair.First.End <= pair.Second.Start));
        Assert.All(populated, static range => Assert.True(range.Start < range.End && range.Start % 4096 == 0 && range.End % 4096 == 0));
    }

    [Fact]
    public void ASparseTerabyte_IsItsResidentPart()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("sparse", 4096);
        var space = new VaddrAddressSpace(memory.Target);
        var ranges = new List<AddressRange>();
        Assert.True(space.TryReadMappings(ranges));
        Assert.SkipUnless(space.TryReadPopulated(ranges), "PAGEMAP_SCAN needs Linux 6.7");

        Assert.Equal(16UL << 20, SumIn(ranges, new AddressRange(memory.Start, memory.Start + (1UL << 40))));
    }

    [Fact]
    public void Readings_AllocateNothing()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", 256);
        var space = new VaddrAddressSpace(memory.Target);
        var ranges = new List<AddressRange>();
        Assert.True(space.TryReadMappings(ranges));
        Assert.SkipUnless(space.TryReadPopulated(ranges), "PAGEMAP_SCAN needs Linux 6.7");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 200; pass++)
        {
            Assert.True(space.TryReadPopulated(ranges));
            Thread.Sleep(1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void AProcessThatIsGone_CannotBeAsked()
    {
        using MemoryOfKind memory = MemoryOfKind.Create("private", 16);
        var space = new VaddrAddressSpace(memory.Target);
        Assert.True(space.TryReadMappings([]));
        memory.Kill();

        Assert.False(space.TryReadPopulated([]));
    }

    /// <summary>What is left is what closing one smallest gap after the other leaves, of equal ones the first.</summary>
    [Fact]
    public void CloseGaps_ClosesTheSmallest()
    {
        var random = new SeededRandom(7);
        for (int round = 0; round < 200; round++)
        {
            int count = 2 + (int)(random.NextUInt64() % 40);
            var ranges = new List<AddressRange>();
            ulong at = 0;
            for (int i = 0; i < count; i++)
            {
                at += 4096 * (1 + (random.NextUInt64() % 6));
                ulong end = at + (4096 * (1 + (random.NextUInt64() % 3)));
                ranges.Add(new AddressRange(at, end));
                at = end;
            }

            int most = 1 + (int)(random.NextUInt64() % (ulong)count);
            AddressRange[] actual = [.. ranges];
            int left = PopulatedRanges.CloseGaps(actual, most, new ulong[count]);
            while (ranges.Count > most)
            {
                int smallest = Enumerable.Range(0, ranges.Count - 1).MinBy(i => ranges[i + 1].Start - ranges[i].End);
                ranges[smallest] = ranges[smallest] with { End = ranges[smallest + 1].End };
                ranges.RemoveAt(smallest + 1);
            }

            Assert.Equal(ranges, actual[..left]);
        }
    }

    private static ulong SumIn(List<AddressRange> ranges, AddressRange within) => ranges.Aggregate(0UL, (sum, range) =>
        sum + Math.Max(Math.Min(range.End, within.End), within.Start) - Math.Min(Math.Max(range.Start, within.Start), within.End));

    private static Dictionary<ulong, ulong> ReadRss(int pid)
    {
        var rss = new Dictionary<ulong, ulong>();
        ulong start = 0;
        foreach (string line in File.ReadLines($"/proc/{pid}/smaps"))
        {
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && ulong.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong header))
            {
                start = header;
            }
            else if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                rss[start] = 1024 * ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
        }

        return rss;
    }
}
