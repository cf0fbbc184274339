using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class SamplingWindowsTests
{
    private const long IntervalNs = 5_000_000;

    private readonly SamplingWindows _windows = new();

    [Fact]
    public void Add_SumsTheRealLengths()
    {
        _windows.Begin(1_000_000);

        _windows.Add(preparedNs: 1_200_000, dueNs: 6_000_000, checkedNs: 6_050_000, IntervalNs);
        _windows.Add(preparedNs: 6_300_000, dueNs: 11_000_000, checkedNs: 11_010_000, IntervalNs);

        Assert.Equal((6_050_000 - 1_200_000) + (11_010_000 - 6_300_000), _windows.TotalNs);
        Assert.Equal(1_000_000, _windows.BeginNs);
        Assert.Equal(11_010_000, _windows.EndNs);
        Assert.Equal(0u, _windows.NrLate);
        Assert.Equal(0u, _windows.NrMissed);
    }

    [Theory]
    [InlineData(2_500_000, 0, 0)] // half an interval is not late yet
    [InlineData(2_500_001, 1, 0)]
    [InlineData(4_999_999, 1, 0)]
    [InlineData(5_000_000, 1, 1)] // a whole interval has passed without a check
    [InlineData(17_000_000, 1, 3)]
    public void Add_CountsLateAndMissedChecks(long latenessNs, uint late, uint missed)
    {
        _windows.Begin(0);

        long skipped = _windows.Add(preparedNs: 0, dueNs: IntervalNs, checkedNs: IntervalNs + latenessNs, IntervalNs);

        Assert.Equal(late, _windows.NrLate);
        Assert.Equal(missed, _windows.NrMissed);
        Assert.Equal(missed, skipped);
    }

    [Fact]
    public void Begin_ForgetsTheAggregationBefore()
    {
        _windows.Begin(0);
        _windows.Add(0, IntervalNs, 4 * IntervalNs, IntervalNs);

        _windows.Begin(4 * IntervalNs);

        Assert.Equal(0, _windows.TotalNs);
        Assert.Equal(0u, _windows.NrLate + _windows.NrMissed);
    }
}
