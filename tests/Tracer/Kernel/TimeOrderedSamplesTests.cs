using Damon.Trace.Tracer.Kernel;

namespace Damon.Trace.Tracer.Tests.Kernel;

public class TimeOrderedSamplesTests
{
    [Fact]
    public void TakeUntil_OrdersByTimeAndThenByArrival()
    {
        var samples = new TimeOrderedSamples();
        Add(samples, 30, 1);
        Add(samples, 10, 2);
        Add(samples, 30, 3);
        Add(samples, 20, 4);
        Assert.Equal([2, 4, 1, 3], Take(samples, ulong.MaxValue));
    }

    [Fact]
    public void TakeUntil_HoldsBackWhatIsYounger()
    {
        var samples = new TimeOrderedSamples();
        Add(samples, 30, 1);
        Add(samples, 10, 2);
        Assert.Equal([2], Take(samples, 29));
        Add(samples, 20, 3);
        Assert.Equal([3, 1], Take(samples, 30));
        Assert.Equal(0, samples.Count);
        Assert.Equal(0UL, samples.NrLate);
    }

    [Fact]
    public void TakeUntil_CountsWhatCameTooLate()
    {
        var samples = new TimeOrderedSamples();
        Add(samples, 30, 1);
        Take(samples, 30);
        Add(samples, 29, 2);
        Assert.Equal([2], Take(samples, 30));
        Assert.Equal(1UL, samples.NrLate);
    }

    [Fact]
    public void TakeUntil_OverManyRounds_LosesNothing()
    {
        var samples = new TimeOrderedSamples();
        var random = new Random(7);
        var taken = new List<int>();
        for (int i = 0; i < 20_000; i++)
        {
            Add(samples, (ulong)((i * 10) + random.Next(900)), i);
            if (i % 500 == 0)
            {
                taken.AddRange(Take(samples, (ulong)Math.Max((i * 10) - 1000, 0)));
            }
        }

        taken.AddRange(Take(samples, ulong.MaxValue));
        Assert.Equal(20_000, taken.Distinct().Count());
        Assert.Equal(20_000, taken.Count);
        Assert.Equal(0UL, samples.NrLate);
    }

    private static void Add(TimeOrderedSamples samples, ulong timestampNs, int tid)
    {
        samples.Add(new KernelSample { TimestampNs = timestampNs, Tid = tid });
    }

    private static int[] Take(TimeOrderedSamples samples, ulong horizonNs)
    {
        ReadOnlySpan<KernelSample> taken = samples.TakeUntil(horizonNs);
        int[] tids = new int[taken.Length];
        for (int i = 0; i < tids.Length; i++)
        {
            tids[i] = taken[i].Tid;
        }

        samples.Remove(tids.Length);
        return tids;
    }
}
