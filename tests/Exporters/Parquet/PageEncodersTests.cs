using System.Runtime.InteropServices;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Tests.PerfScript;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>What is encoded from runs is what would be encoded from their values; fractions have the bounds of those that are numbers.</summary>
public sealed class PageEncodersTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Runs_BecomeWhatTheirValuesDo(bool is32)
    {
        Random random = new(TestSeed.Value);
        for (int round = 0; round < 500; round++)
        {
            ValueRun[] runs = [.. Enumerable.Range(0, random.Next(8)).Select(_ => Run(random, is32))];
            ulong[] values = [.. runs.SelectMany(static run => Enumerable.Range(0, run.Count).Select(run.At))];
            ByteBuffer fromRuns = new();
            ByteBuffer fromValues = new();

            DeltaEncoder.EncodeRuns(runs, values.Length, is32, fromRuns);
            DeltaEncoder.Encode(values, is32, fromValues);

            Assert.Equal(fromValues.Written.ToArray(), fromRuns.Written.ToArray());
        }
    }

    [Fact]
    public void RunsOfBits_BecomeWhatTheirValuesDo()
    {
        Random random = new(TestSeed.Value);
        for (int round = 0; round < 500; round++)
        {
            ValueRun[] runs = [.. Enumerable.Range(0, random.Next(8)).Select(i => new ValueRun((ulong)random.Next(2), 0, random.Next(1, 40)))];
            ulong[] values = [.. runs.SelectMany(static run => Enumerable.Repeat(run.First, run.Count))];
            ByteBuffer fromRuns = new();
            ByteBuffer fromValues = new();

            PlainEncoder.EncodeBits(runs, values.Length, fromRuns);
            PlainEncoder.EncodeBits(values, fromValues);

            Assert.Equal(fromValues.Written.ToArray(), fromRuns.Written.ToArray());
            Assert.Equal(values, Enumerable.Range(0, values.Length).Select(i => (ulong)((fromRuns.Written[i / 8] >> (i % 8)) & 1)));
        }
    }

    [Fact]
    public void Fractions_KeepTheirBitsAndHaveTheirBounds()
    {
        Random random = new(TestSeed.Value);
        float[] special = [float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon];
        for (int round = 0; round < 500; round++)
        {
            float[] numbers = [.. Enumerable.Range(0, random.Next(70)).Select(_ =>
                random.Next(4) == 0 ? special[random.Next(special.Length)] : (float)((random.NextDouble() - 0.5) * 1e6))];
            ByteBuffer page = new();

            (float min, float max) = PlainEncoder.EncodeFloats([.. numbers.Select(static number => (ulong)BitConverter.SingleToUInt32Bits(number))], page);

            Assert.Equal(
                numbers.Select(BitConverter.SingleToUInt32Bits), MemoryMarshal.Cast<byte, uint>(page.Written).ToArray());
            float[] ordered = [.. numbers.Where(static number => !float.IsNaN(number))];
            Assert.Equal(ordered.Length == 0 ? float.PositiveInfinity : ordered.Min(), min);
            Assert.Equal(ordered.Length == 0 ? float.NegativeInfinity : ordered.Max(), max);
        }
    }

    /// <summary>Steps of any size, wrapping around; of 32-bit columns the low half counts, extended as the columns do.</summary>
    private static ValueRun Run(Random random, bool is32)
    {
        ulong first = is32 ? (uint)random.Next() : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        ulong step = random.Next(3) switch
        {
            0 => 0,
            1 => 1,
            _ => is32 ? (uint)random.Next(1, 1000) : (ulong)random.NextInt64(1, 1L << 50),
        };
        return new ValueRun(first, step, random.Next(1, 400));
    }
}
