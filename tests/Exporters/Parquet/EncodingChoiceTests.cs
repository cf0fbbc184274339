using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>The smaller encoding is found, kept without trying all the time, and left when it is no longer the smaller one.</summary>
public sealed class EncodingChoiceTests
{
    private const int Values = 1000;

    /// <summary>Trials at the pages 1, 4, 9, 18, 35, 68, 101, ...: two pages without one, then 4, 8, 16, and 32 from there on.</summary>
    [Fact]
    public void WhatStaysTheBetterOne_IsTriedEverMoreRarely()
    {
        EncodingChoice choice = new();
        List<int> trials = [.. Enumerable.Range(1, 110).Where(_ => Page(choice, plain: 200, differences: 800))];

        Assert.Equal([1, 4, 9, 18, 35, 68, 101], trials);
        Assert.Equal(ParquetEncoding.Plain, choice.Encoding);
    }

    [Fact]
    public void APageThatIsLarger_IsTriedAtOnce()
    {
        EncodingChoice choice = new();
        for (int i = 0; i < 70; i++)
        {
            Page(choice, plain: 200, differences: 800);
        }

        Assert.True(Page(choice, plain: 4000, differences: 2000));
        Assert.Equal(ParquetEncoding.DeltaBinaryPacked, choice.Encoding);
    }

    /// <summary>Differences are tried again after four pages at most, so a process that settles costs no more than those.</summary>
    [Fact]
    public void WhatSettles_IsFoundSoon()
    {
        EncodingChoice choice = new();
        for (int i = 0; i < 50; i++)
        {
            Page(choice, plain: 4000, differences: 2000);
        }

        Assert.Equal(ParquetEncoding.DeltaBinaryPacked, choice.Encoding);
        Assert.Contains(Enumerable.Range(0, 5), _ => Page(choice, plain: 200, differences: 1900) && choice.Encoding == ParquetEncoding.Plain);
    }

    [Fact]
    public void NoValues_AreNoReason() => Assert.Null(new EncodingChoice().ToTry(bytes: 20, values: 0));

    /// <summary>
    /// 40 snapshots of 1,000 new regions each and then 440 of the same: no more than the two take apart, a page of each more and a tenth.
    /// </summary>
    [Fact]
    public void ARecordingThatSettles_IsAsSmallAsItsParts()
    {
        List<Snapshot> unsettled = [.. Enumerable.Range(0, 40).Select(number => Snapshot(number, seed: number))];
        List<Snapshot> settled = [.. Enumerable.Range(40, 440).Select(number => Snapshot(number, seed: 1))];

        long whole = Size([.. unsettled, .. settled]);

        Assert.InRange(whole, 0, (long)(1.1 * (Size(unsettled) + Size(settled) + Size([.. settled.Take(40)]))));
    }

    /// <summary>What a column does with a page; true when both encodings were tried.</summary>
    private static bool Page(EncodingChoice choice, int plain, int differences)
    {
        (int bytes, int other) = choice.Encoding == ParquetEncoding.Plain ? (plain, differences) : (differences, plain);
        if (choice.ToTry(bytes, Values) is not { } tried)
        {
            return false;
        }

        Assert.NotEqual(choice.Encoding, tried);
        Assert.Equal(choice.Choose(bytes, other, Values), choice.Encoding == tried);
        return true;
    }

    private static Snapshot Snapshot(int number, int seed)
    {
        Snapshot snapshot = ExpectedTable.Ordinary((ulong)number, 0);
        snapshot.NrRegions = 1000;
        Random random = new(seed);
        ulong end = 1UL << 32;
        for (int i = 0; i < 1000; i++)
        {
            ulong start = end;
            end += (ulong)random.Next(1, 4096) * 4096;
            snapshot.Add(new RegionEvent { TimestampNs = ((long)number * 100_000_000) + (i * 150), Start = start, End = end });
        }

        return snapshot;
    }

    private static long Size(IEnumerable<Snapshot> snapshots)
    {
        using MemoryStream file = new();
        using ParquetWriter writer = new(file);
        foreach (Snapshot snapshot in snapshots)
        {
            writer.OnSnapshot(snapshot);
        }

        writer.OnEnd(new RecordingEnd(0, 0, 0, 0, null));
        return file.Length;
    }
}
