using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>
/// Whether 95 % intervals hold the truth in 95 of 100 recordings: 1,000 seeded ones for each shape of accesses, in which one random page of
/// each 11 neighbours (9 %) is followed, as the recorder does it with 2^n.
/// </summary>
public sealed class ConfidenceIntervalTests(ITestOutputHelper output)
{
    private const int Runs = 1000;
    private const int Pages = 33_000;
    private const int BlockPages = 11;

    /// <summary>Every page by itself, with a chance of 2 to 50 %.</summary>
    [Fact]
    public void RandomPages_AreCoveredAsOftenAsSaid() => Assert.InRange(Coverage(random =>
    {
        double share = 0.02 + (random.NextDouble() * 0.48);
        return _ => random.NextDouble() < share;
    }), 0.93, 0.97);

    /// <summary>Every n-th page, n from 3 to 39.</summary>
    [Fact]
    public void StridedPages_AreCoveredAsOftenAsSaid() => Assert.InRange(Coverage(random =>
    {
        int stride = random.Next(3, 40);
        int offset = random.Next(stride);
        return page => (page + offset) % stride == 0;
    }), 0.93, 0.97);

    [Fact]
    public void SolidRange_IsCoveredAtLeastAsOften() => Assert.InRange(Coverage(random =>
    {
        int length = random.Next(64, Pages / 2);
        int start = random.Next(Pages - length);
        return page => page >= start && page < start + length;
    }), 0.95, 1);

    /// <summary>Fewer pages than a block has: mostly none of them is followed, and the bound must not be 0.</summary>
    [Fact]
    public void TinyRange_IsCoveredAtLeastAsOften() => Assert.InRange(Coverage(random =>
    {
        int start = random.Next(Pages - 16);
        int length = random.Next(1, 16);
        return page => page >= start && page < start + length;
    }), 0.95, 1);

    /// <summary>The share of runs whose interval holds the number of pages that are hot.</summary>
    private double Coverage(Func<Random, Func<int, bool>> shape)
    {
        int covered = 0;
        for (int run = 0; run < Runs; run++)
        {
            Random random = new(run);
            Func<int, bool> isHot = shape(random);
            bool[] hot = new bool[Pages];
            for (int page = 0; page < Pages; page++)
            {
                hot[page] = isHot(page);
            }

            ulong truth = (ulong)hot.Count(page => page) * 4096;
            MemoryStates states = Look(hot, random).States;
            Assert.Equal(Pages * 4096UL, states.HotBytes + states.ColdBytes + states.UnknownBytes);
            covered += states.HotLowBytes <= truth && truth <= states.HotHighBytes ? 1 : 0;
        }

        output.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100.0 * covered / Runs:F1} % of {Runs} intervals hold the truth"));
        return (double)covered / Runs;
    }

    private static TargetMemory Look(bool[] hot, Random random)
    {
        IdlePages idle = new() { TimeNs = 20_000_000_000, ShortNs = 100_000_000, LongNs = 1_000_000_000, NrRecords = 1 };
        IdleRecord record = new() { ResidentPages = Pages };
        bool? before = null;
        for (int block = 0; block < Pages / BlockPages; block++)
        {
            bool isHot = hot[(block * BlockPages) + random.Next(BlockPages)];
            record.NrPages[isHot ? 3 : IdleBuckets.NrBounds]++;
            for (int bound = 3; bound < IdleBuckets.NrBounds; bound++)
            {
                idle.NrChanges[bound] += (ushort)(before is { } other && other != isHot ? 1 : 0);
            }

            before = isHot;
        }

        IdleSeries series = new();
        series.Add(in idle, [record], []);
        return series.Describe(10)!;
    }
}
