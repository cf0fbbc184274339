using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Monitoring.Tests.Schemes;

public sealed class RefaultBrakeTests
{
    private static readonly AddressRange s_range = new(0, 1000 * Run.Page);

    [Fact]
    public void SteadyMemory_NeedsNoBrake()
    {
        RefaultBrake brake = new();
        brake.Add(0, s_range, reclaimed: 1000, stayed: 0, TimeSpan.FromSeconds(30), TimeSpan.Zero);
        Assert.Equal(200ul, brake.Look(TimeSpan.FromSeconds(10), (_, _) => 200));
        Assert.Equal(0ul, brake.Look(TimeSpan.FromSeconds(20), (_, _) => 200));
        Assert.Equal(TimeSpan.Zero, brake.LeastAge);
    }

    [Fact]
    public void WhatComesBack_IsLeftAloneForTwiceItsInterval()
    {
        // Idle for 2 s, back after 3 more: accessed every 5 s.
        RefaultBrake brake = new();
        brake.Add(0, s_range, reclaimed: 1000, stayed: 50, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(100));
        Assert.Equal(950ul, brake.Look(TimeSpan.FromSeconds(103), (_, _) => 1000));
        Assert.Equal(TimeSpan.FromSeconds(10), brake.LeastAge);
        Assert.Equal(1, brake.NrBraked);
    }

    /// <summary>Memory swept every so often, whatever the interval and the age it begins with: it stops after two sweeps at the latest.</summary>
    [Theory]
    [InlineData(5, 2)]
    [InlineData(7, 1)]
    [InlineData(60, 5)]
    [InlineData(100, 30)]
    public void PeriodicSweep_IsStoppedWithinTwoPeriods(int periodSeconds, int minAgeSeconds)
    {
        RefaultBrake brake = new();
        Assert.InRange(Sweep(brake, periodSeconds, minAgeSeconds, periodSeconds * 10), 1, 2);
        Assert.True(brake.LeastAge.TotalSeconds > periodSeconds);
    }

    /// <summary>Swept every ten seconds for half an hour, then never again: in the end it may be taken as early as before.</summary>
    [Fact]
    public void MemoryThatIsColdAfterAll_IsTakenAgain()
    {
        RefaultBrake brake = new();
        Assert.InRange(Sweep(brake, periodSeconds: 10, minAgeSeconds: 2, seconds: 1_800), 1, 3);
        Assert.True(brake.LeastAge > TimeSpan.FromSeconds(10), "it was needed");

        Assert.Equal(0, Sweep(brake, periodSeconds: 1_000_000, minAgeSeconds: 2, seconds: 90_000, start: 1_800));
        Assert.Equal(TimeSpan.Zero, brake.LeastAge);
    }

    /// <summary>Swept for ever: trying again gets rarer and rarer, a dozen sweeps of 8,640 in a day are hurt and not half of them.</summary>
    [Fact]
    public void LooseningThatWasWrong_IsTriedEverMoreRarely()
    {
        RefaultBrake brake = new();
        int first = Sweep(brake, periodSeconds: 10, minAgeSeconds: 2, seconds: 86_400);
        int second = Sweep(brake, periodSeconds: 10, minAgeSeconds: 2, seconds: 86_400, start: 86_400);
        Assert.InRange(first, 3, 12);
        Assert.InRange(second, 0, first / 2);
    }

    [Fact]
    public void MemoryReclaimedAgain_IsCountedOnce()
    {
        RefaultBrake brake = new();
        brake.Add(0, s_range, 1000, 0, TimeSpan.FromSeconds(30), TimeSpan.Zero);
        brake.Add(0, new AddressRange(0, 500 * Run.Page), 500, 0, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
        int asked = 0;
        brake.Look(TimeSpan.FromSeconds(2), (_, range) =>
        {
            asked++;
            Assert.Equal(500 * Run.Page, range.End);
            return 0;
        });
        Assert.Equal(1, asked);
    }

    /// <summary>Memory that is accessed all at once every so often, under a scheme that pages out what has been idle for long enough.</summary>
    /// <returns>How many accesses found it paged out.</returns>
    private static int Sweep(RefaultBrake brake, int periodSeconds, int minAgeSeconds, int seconds, double start = 0)
    {
        double lastAccess = start;
        bool isOut = false;
        int fought = 0;
        for (int tenth = 1; tenth < seconds * 10; tenth++)
        {
            double now = start + (tenth / 10.0);
            if (tenth % (periodSeconds * 10L) == 0)
            {
                fought += isOut ? 1 : 0;
                (lastAccess, isOut) = (now, false);
            }

            brake.Look(TimeSpan.FromSeconds(now), (_, _) => isOut ? 0ul : 1000);
            double idle = now - lastAccess;
            if (!isOut && idle >= Math.Max(minAgeSeconds, brake.LeastAge.TotalSeconds))
            {
                isOut = true;
                brake.Add(0, s_range, 1000, 0, TimeSpan.FromSeconds(idle), TimeSpan.FromSeconds(now));
            }
        }

        return fought;
    }
}
