using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

/// <summary>When a sweep's answer is whole, over a target that uses 8,192 pages all the time and pays for each after a sweep.</summary>
public sealed class SweptWindowTests
{
    private const long Ms = 1_000_000;
    private const int Pages = 8_192;

    [Theory]
    [InlineData(30, 1.0, 100)] // a processor that sets accessed bits itself
    [InlineData(5_000, 1.0, 100)] // shadow page tables: 41 ms, on a CPU of its own
    [InlineData(7_500, 1.0, 200)] // 61 ms: might be more
    [InlineData(7_500, 0.5, 300)] // half a CPU: 123 ms, and no more 100 ms later
    [InlineData(7_500, 0.25, 400)] // four such processes on a CPU: 246 ms
    public void Window_LastsUntilTheTargetIsThrough(double nsPerPage, double share, long expectedMs)
    {
        (long closedMs, int accessed) = Run(nsPerPage, share);

        Assert.Equal(expectedMs, closedMs);
        Assert.Equal(Pages, accessed);
    }

    [Fact]
    public void PagesThatCostMoreThanMeasured_AreWaitedFor()
    {
        // As it happened: 1,168 pages of 8,192 had cost 18.4 ms, not the 11.1 they should have, of a target that uses a sixth of a CPU.
        SweptWindow window = new();
        window.Watch(1, 0);
        window.Open(1_000 * Ms, 160 * Ms);

        Assert.False(window.TryClose(1_110 * Ms, (160 * Ms) + 18_400_000, 11_100_000));
    }

    [Fact]
    public void WhatIsSeenAgain_IsWholeThoughItCostMoreThanMeasured()
    {
        // 8,192 pages of 12 us where 7.5 were measured, then the usual tenth of a CPU: 98 ms of CPU time are used after 200 ms.
        SweptWindow window = new();
        window.Watch(1, 0);
        window.Open(1_000 * Ms, 100 * Ms);

        Assert.False(window.TryClose(1_100 * Ms, 150 * Ms, 4_166 * 7_500 * 1.4));
        Assert.False(window.TryClose(1_200 * Ms, 198 * Ms, Pages * 7_500 * 1.4));
        Assert.True(window.TryClose(1_300 * Ms, 208 * Ms, Pages * 7_500 * 1.4));
    }

    [Fact]
    public void ATargetThatWasNearlyThrough_IsWaitedFor()
    {
        // As it happened: 15 MiB of 16 had cost 30.3 ms of 31.9, of a target that uses a seventh of a CPU.
        SweptWindow window = new();
        window.Watch(1, 0);
        window.Open(1_000 * Ms, 140 * Ms);

        Assert.False(window.TryClose(1_089 * Ms, (140 * Ms) + 31_900_000, 30_300_000));
        Assert.False(window.TryClose(1_194 * Ms, (140 * Ms) + 45_600_000, 32_600_000));
        Assert.True(window.TryClose(1_294 * Ms, (140 * Ms) + 59_600_000, 32_600_000));
    }

    [Fact]
    public void ATargetThatSleeps_IsNotWaitedFor()
    {
        SweptWindow window = new();
        window.Watch(0, 0);
        window.Open(1_000 * Ms, 0);

        Assert.True(window.TryClose(1_100 * Ms, 0, 0));
        Assert.False(window.IsOpen);
    }

    [Fact]
    public void ATargetThatStops_IsWaitedForASecondAtMost()
    {
        SweptWindow window = new();
        window.Watch(1, 0);
        window.Open(1_000 * Ms, 500 * Ms);

        Assert.False(window.TryClose(1_900 * Ms, 500 * Ms, 0));
        Assert.True(window.IsOpen);
        Assert.True(window.TryClose(2_000 * Ms, 500 * Ms, 0));
    }

    private static (long ClosedMs, int Accessed) Run(double nsPerPage, double share)
    {
        SweptWindow window = new();
        window.Watch(1, 0);
        long sweptNs = 1_000 * Ms;
        long sweptCpuNs = (long)(sweptNs * share);
        window.Open(sweptNs, sweptCpuNs);
        for (long ms = 100; ; ms += 100)
        {
            double usedNs = ms * Ms * share;
            int accessed = (int)Math.Min(Pages, usedNs / nsPerPage);
            if (window.TryClose(sweptNs + (ms * Ms), sweptCpuNs + (long)usedNs, accessed * nsPerPage))
            {
                return (ms, accessed);
            }
        }
    }
}
