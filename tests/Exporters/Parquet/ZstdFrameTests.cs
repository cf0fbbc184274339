using System.Runtime.InteropServices;
using Damon.Trace.Exporters.Parquet;
using ZstdSharp;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>Frames that we write ourselves, expanded by zstd; hyparquet's and DuckDB's read them in <see cref="ParquetWriterTests"/>.</summary>
public sealed class ZstdFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ZstdFrame.LargestBlock)]
    [InlineData(ZstdFrame.LargestBlock + 1)]
    [InlineData((2 * ZstdFrame.LargestBlock) + 17)]
    public void WhatIsStored_ComesBack(int length)
    {
        byte[] expected = new byte[length];
        new Random(1).NextBytes(expected);
        ByteBuffer frame = new();
        ZstdFrame.Store(expected, frame);

        Assert.Equal(expected, Expand(frame));
        Assert.InRange(frame.Length, length, length + 9 + (3 * 3));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 20_000)]
    [InlineData(64, ZstdFrame.LargestBlock)]
    [InlineData(64, (2 * ZstdFrame.LargestBlock) + 1)]
    public void ARun_TakesAFewBytes(int before, int run)
    {
        byte[] expected = new byte[before + run];
        new Random(2).NextBytes(expected.AsSpan(0, before));
        ByteBuffer frame = new();
        ZstdFrame.StoreRun(expected, before, frame);

        Assert.Equal(expected, Expand(frame));
        Assert.InRange(frame.Length, before, before + 9 + 3 + (4 * 3));
    }

    /// <summary>Snapshots of all sizes and distances, several blocks of them, and some other bytes in front.</summary>
    [Theory]
    [InlineData(2, 1, 100)]
    [InlineData(300, 50, 100)]
    [InlineData(20_480, 20, 100)]
    [InlineData(20_480, 1000, 100)]
    [InlineData(20_480, 1000, 70_000)]
    [InlineData(60_000, 50_000, 100)]
    [InlineData(60_000, 200, 3_000_000)]
    public void Times_ComeBack(int count, int regions, int gapNs)
    {
        Random random = new(count + regions);
        ulong[] times = new ulong[count];
        ulong time = 1_764_000_000_000_000_000;
        for (int i = 0; i < count; i++)
        {
            time += i % regions == 0 ? 100_000_000 : (ulong)random.Next(2 * gapNs);
            times[i] = time;
        }

        byte[] page = [9, 8, 7, 6, 5, .. MemoryMarshal.AsBytes<ulong>(times)];
        ByteBuffer frame = new();
        bool written = ZstdTimes.TryWrite(page, 5, frame);
        Assert.True(written || gapNs > 1000 || regions < 50);
        if (written)
        {
            Assert.Equal(page, Expand(frame));
            Assert.InRange(frame.Length, 0, (page.Length / 2) + 32);
        }
        else
        {
            Assert.Equal(0, frame.Length);
        }
    }

    [Fact]
    public void TimesThatAreTheSame_ComeBack()
    {
        byte[] page = [.. MemoryMarshal.AsBytes<ulong>([.. Enumerable.Repeat(0x1122334455667788UL, 40_000)])];
        ByteBuffer frame = new();
        Assert.True(ZstdTimes.TryWrite(page, 0, frame));
        Assert.Equal(page, Expand(frame));
    }

    /// <summary>Values that have nothing in common are left to who looks for matches.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void WhatHasNothingInCommon_IsNotWritten(int count)
    {
        byte[] page = new byte[count * sizeof(ulong)];
        new Random(3).NextBytes(page);
        ByteBuffer frame = new();
        Assert.False(ZstdTimes.TryWrite(page, 0, frame));
        Assert.Equal(0, frame.Length);
    }

    private static byte[] Expand(ByteBuffer frame)
    {
        using Decompressor zstd = new();
        return zstd.Unwrap(frame.Written).ToArray();
    }
}
