using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class TimeAllowanceTests
{
    private const long MillisecondNs = 1_000_000;
    private const long SecondNs = 1_000_000_000;

    [Theory]
    [InlineData(0.01, 50, 5)]
    [InlineData(0.005, 50, 10)]
    [InlineData(0.001, 50, 50)]
    public void AnExpensiveReading_ComesBackOnlyWhenItsCostIsEarned(double share, long costMs, int everySeconds)
    {
        // A reading of 50 ms at 1 % of time: one in 50 ms / 0.01 = 5 s.
        var allowance = new TimeAllowance(share);
        int readings = 0;
        const int Seconds = 200;
        for (int second = 0; second < Seconds; second++)
        {
            if (allowance.Allows)
            {
                readings++;
                allowance.Spend(costMs * MillisecondNs);
            }

            allowance.Earn(SecondNs);
        }

        Assert.InRange(readings, Seconds / everySeconds, (Seconds / everySeconds) + 1);
    }

    [Fact]
    public void CheapReadings_AreAllMade()
    {
        // Ten targets of 0.2 ms each are 2 ms a second, at 1 % of time 10 ms are allowed.
        var allowance = new TimeAllowance(0.01);
        for (int second = 0; second < 100; second++)
        {
            allowance.Earn(SecondNs);
            for (int target = 0; target < 10; target++)
            {
                Assert.True(allowance.Allows);
                allowance.Spend(MillisecondNs / 5);
            }
        }
    }

    [Fact]
    public void ALongPause_DoesNotBuyABurst()
    {
        var allowance = new TimeAllowance(0.01);
        allowance.Earn(3600 * SecondNs);

        // What one second brings, 10 ms, and the reading that goes below zero.
        int readings = 0;
        for (; allowance.Allows; readings++)
        {
            allowance.Spend(3 * MillisecondNs);
        }

        Assert.Equal(4, readings);
    }
}
