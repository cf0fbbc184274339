using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>Working sets over times, from looks that know different ones.</summary>
public sealed class WithinTimesTests
{
    private const ulong SecondNs = 1_000_000_000;
    private const ulong PageBytes = 4096;

    [Theory]
    [InlineData(0.100)]
    [InlineData(0.104)]
    [InlineData(0.124)]
    public void ShortestTime_IsOfTheSecondLookAlone(double shortSeconds)
    {
        // 10 pages found by the second look of the pair, 40 by the first: accessed since the pair before, so not within 0.1 s.
        IdleSeries series = new();
        series.Add(Look(shortSeconds, longSeconds: 1), [Record((0, 10), (1, 40), (6, 50))], []);

        WithinTime within = series.Within().First();
        Assert.Equal(0.1, within.Seconds);
        Assert.Equal(10 * PageBytes, within.Bytes);
        Assert.Equal(50 * PageBytes, series.Within().Single(known => known.Seconds == 1).Bytes);
    }

    [Theory]
    [InlineData(0.180)]
    [InlineData(0.220)]
    public void ExtendedPairs_KnowTheirOwnTime(double shortSeconds)
    {
        // What sampling found between the two looks has been idle for less than that; what the first look found has not.
        int first = IdleBuckets.Of((ulong)(shortSeconds * SecondNs));
        IdleSeries series = new();
        series.Add(Look(shortSeconds, longSeconds: 1), [Record((0, 10), (first, 40), (6, 50))], []);

        WithinTime within = series.Within().First();
        Assert.Equal(0.2, within.Seconds);
        Assert.Equal(10 * PageBytes, within.Bytes);
    }

    [Fact]
    public void LatePairs_DoNotKnowTheShortestTime()
    {
        IdleSeries series = new();
        series.Add(Look(0.126, longSeconds: 1), [Record((0, 10), (1, 40), (6, 50))], []);

        Assert.Equal(1, series.Within().First().Seconds);
    }

    [Fact]
    public void LongerTimes_AreNeverLess()
    {
        // Three looks that know 0.1 s and 1 s, of a busy time; six that know 2 s and more only, of a quiet one.
        IdleSeries series = new();
        for (int i = 0; i < 3; i++)
        {
            series.Add(Look(0.1, longSeconds: 1), [Record((0, 80), (3, 10), (6, 10))], []);
        }

        for (int i = 0; i < 6; i++)
        {
            series.Add(Look(0.3, longSeconds: 2), [Record((0, 20), (3, 5), (6, 75))], []);
        }

        WithinTime[] within = [.. series.Within()];
        Assert.Equal([0.1, 1, 2, 5, 10], within.Select(known => known.Seconds));
        Assert.Equal([.. within.Select(known => known.Bytes).Order()], within.Select(known => known.Bytes));
        Assert.All(within, known => Assert.InRange(known.Bytes, known.LowBytes, known.HighBytes));
    }

    private static IdlePages Look(double shortSeconds, double longSeconds) => new()
    {
        TimeNs = 15 * SecondNs,
        ShortNs = (ulong)(shortSeconds * SecondNs),
        LongNs = (ulong)(longSeconds * SecondNs),
        NrRecords = 1,
    };

    private static IdleRecord Record(params (int Bucket, ushort Pages)[] counts)
    {
        IdleRecord record = new() { ResidentPages = 100 };
        foreach ((int bucket, ushort pages) in counts)
        {
            record.NrPages[bucket] = pages;
        }

        return record;
    }
}
