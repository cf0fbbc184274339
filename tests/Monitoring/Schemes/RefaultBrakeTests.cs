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
        double lastAccess = 0;
        bool isOut = false;
        int fought = 0;
        for (int tenth = 1; tenth < periodSeconds * 100; tenth++)
        {
            double now = tenth / 10.0;
            if (tenth % (periodSeconds * 10) == 0)
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

        Assert.InRange(fought, 1, 2);
        Assert.True(brake.LeastAge.TotalSeconds > periodSeconds);
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
}
