namespace Damon.Trace.Tracer.Tests.Simulated;

public sealed class SeededRandomTests
{
    [Fact]
    public void Split_mix_gives_the_published_first_numbers()
    {
        // Seed 1234567, the reference implementation at prng.di.unimi.it/splitmix64.c.
        ulong state = 1234567;

        Assert.Equal(6457827717110365317ul, SeededRandom.SplitMix64(ref state));
        Assert.Equal(3203168211198807973ul, SeededRandom.SplitMix64(ref state));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_one_others()
    {
        var random = new SeededRandom(7);
        var same = new SeededRandom(7);
        var other = new SeededRandom(8);
        ulong[] numbers = [.. Enumerable.Range(0, 100).Select(_ => random.NextUInt64())];

        Assert.Equal(numbers, Enumerable.Range(0, 100).Select(_ => same.NextUInt64()));
        Assert.Empty(numbers.Intersect(Enumerable.Range(0, 100).Select(_ => other.NextUInt64())));
    }

    [Fact]
    public void Numbers_are_spread_evenly()
    {
        var random = new SeededRandom(1);
        int[] buckets = new int[16];
        for (int draw = 0; draw < 16_000; draw++)
        {
            buckets[random.NextUInt64() >> 60]++;
        }

        // 1000 each, standard deviation 31.
        Assert.All(buckets, bucket => Assert.InRange(bucket, 850, 1150));
    }
}
