using System.Runtime.InteropServices;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Tests.PerfScript;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>What is taken for a match is one, covers what recurs, and comes back from zstd.</summary>
public sealed class RecurringValuesTests
{
    /// <summary>Snapshots of all sizes in which values change, come and go; before the first ones some other bytes.</summary>
    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 3)]
    [InlineData(5000, 1, 0)]
    [InlineData(5000, 7, 5)]
    [InlineData(40_960, 100, 0)]
    [InlineData(40_960, 1000, 5)]
    [InlineData(40_960, 30_000, 0)]
    [InlineData(100_000, 1000, 70)]
    public void Pages_ComeBack(int count, int regions, int head)
    {
        Random random = new(TestSeed.Value + count + regions);
        for (int churn = 0; churn <= 100; churn += 20)
        {
            ulong[] values = Snapshots(random, count, regions, churn);
            Check(Page(random, head, MemoryMarshal.AsBytes<ulong>(values)), head, sizeof(ulong));
            Check(Page(random, head, MemoryMarshal.AsBytes<uint>([.. values.Select(static value => (uint)(value >> 12))])), head, sizeof(uint));
        }
    }

    [Theory]
    [InlineData(sizeof(uint))]
    [InlineData(sizeof(ulong))]
    public void Noise_ComesBack(int width)
    {
        byte[] page = new byte[width * 20_001];
        new Random(TestSeed.Value).NextBytes(page);
        Check(page, 0, width);
    }

    /// <summary>
    /// Of 40 snapshots of 1,000 values all but the first have 50 new values (5 %); of each of these it takes a match up to it and one after it.
    /// </summary>
    [Fact]
    public void WhatStoodInTheSnapshotBefore_IsAMatch()
    {
        Random random = new(TestSeed.Value);
        List<ulong> values = [.. Distinct(random, 1000)];
        for (int snapshot = 1; snapshot < 40; snapshot++)
        {
            ulong[] next = [.. values.TakeLast(1000)];
            for (int i = 0; i < 50; i++)
            {
                next[(i * 20) + random.Next(20)] = (ulong)random.NextInt64();
            }

            values.AddRange(next);
        }

        ZSTD_Sequence[] found = new RecurringValues().Find(MemoryMarshal.AsBytes<ulong>(CollectionsMarshal.AsSpan(values)), 0, sizeof(ulong)).ToArray();

        Assert.Equal((1000 + (39 * 50)) * sizeof(ulong), found.Sum(static sequence => sequence.litLength));
        Assert.InRange(found.Length, 1, 2 + (39 * 51));
    }

    /// <summary>Regions that are split or merged move all after them by a place: what follows is found again at once.</summary>
    [Fact]
    public void WhatMovedByAPlace_IsFoundAgain()
    {
        Random random = new(TestSeed.Value);
        List<ulong> before = [.. Distinct(random, 1000)];
        List<ulong> values = [.. before];
        for (int snapshot = 1; snapshot < 40; snapshot++)
        {
            for (int i = 0; i < 10; i++)
            {
                before.Insert(random.Next(before.Count), (ulong)random.NextInt64());
                before.RemoveAt(random.Next(before.Count));
            }

            values.AddRange(before);
        }

        ZSTD_Sequence[] found = new RecurringValues().Find(MemoryMarshal.AsBytes<ulong>(CollectionsMarshal.AsSpan(values)), 0, sizeof(ulong)).ToArray();

        // 1,000 + 39 x 10 are new. Where one was removed, the value that follows it is found nearer; by the table only where both happened.
        Assert.InRange(found.Sum(static sequence => sequence.litLength) / sizeof(ulong), 1000 + (39 * 9), 1000 + (39 * 40));
    }

    private static ulong[] Distinct(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];

    private static ulong[] Snapshots(Random random, int count, int regions, int churnPercent)
    {
        List<ulong> snapshot = [.. Enumerable.Range(0, regions).Select(i => 0x7f00_0000_0000UL + ((ulong)i << 20))];
        List<ulong> values = [];
        while (values.Count < count)
        {
            values.AddRange(snapshot);
            for (int i = 0; i < regions * churnPercent / 100; i++)
            {
                int at = random.Next(snapshot.Count);
                ulong value = 0x7f00_0000_0000UL + ((ulong)random.Next(1 << 20) << 12);
                switch (random.Next(3))
                {
                    case 0:
                        snapshot[at] = value;
                        break;
                    case 1:
                        snapshot.Insert(at, value);
                        break;
                    default:
                        snapshot.RemoveAt(at);
                        snapshot.Add(value);
                        break;
                }
            }
        }

        return [.. values.Take(count)];
    }

    private static byte[] Page(Random random, int head, ReadOnlySpan<byte> values)
    {
        byte[] page = new byte[head + values.Length];
        random.NextBytes(page.AsSpan(0, head));
        values.CopyTo(page.AsSpan(head));
        return page;
    }

    private static void Check(byte[] page, int valuesAt, int width)
    {
        RecurringValues recurring = new();
        long at = 0;
        foreach (ZSTD_Sequence sequence in recurring.Find(page, valuesAt, width))
        {
            at += sequence.litLength;
            for (long i = at; i < at + sequence.matchLength; i++)
            {
                Assert.Equal(page[i - sequence.offset], page[i]);
            }

            at += sequence.matchLength;
        }

        Assert.InRange(at, 0, page.Length);
        using ZstdContext zstd = new(1);
        using Decompressor decompressor = new();
        for (int again = 0; again < 2; again++)
        {
            ByteBuffer frame = new();
            zstd.CompressRecurring(page, valuesAt, width, frame);
            Assert.Equal(page, decompressor.Unwrap(frame.Written).ToArray());
            ByteBuffer coded = new();
            zstd.Code(page, coded);
            Assert.Equal(page, decompressor.Unwrap(coded.Written).ToArray());
        }
    }
}
