using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

/// <summary>Regions updates of 1 % of a CPU, wanted once a second.</summary>
public sealed class UpdatePeriodTests
{
    private const long Ms = 1_000_000;
    private const ulong WantedUs = 1_000_000;

    [Theory]
    [InlineData(0.3, 1_000_000)] // a small target: as wanted
    [InlineData(14, 1_400_000)] // 4 GB
    [InlineData(10_000, 60_000_000)]
    public void Period_IsWhatTheShareAllows(double costMs, ulong expectedUs)
    {
        UpdatePeriod period = new(0.01);
        Assert.Equal(WantedUs, period.Of(WantedUs));
        period.Add((long)(costMs * Ms));
        Assert.Equal(expectedUs, period.Of(WantedUs));
    }

    [Fact]
    public void Noise_LeavesThePeriodAlone()
    {
        UpdatePeriod period = new(0.01);
        period.Add(14 * Ms);
        ulong before = period.Of(WantedUs);
        for (int i = 0; i < 20; i++)
        {
            period.Add((i % 2 == 0 ? 13 : 15) * Ms);
        }

        Assert.Equal(before, period.Of(WantedUs));
        for (int i = 0; i < 20; i++)
        {
            period.Add(28 * Ms);
        }

        Assert.InRange(period.Of(WantedUs), 2_300_000ul, 2_800_000ul);
    }
}
