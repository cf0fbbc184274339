namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class AutoTuningTests
{
    private static readonly IntervalsGoal s_goal = new() { AccessBp = 400, Aggrs = 3, MinSampleUs = 1_000, MaxSampleUs = 1_000_000 };

    private readonly RecordingObserver _observer = new();

    [Fact]
    public void Intervals_AreTunedEveryAggrsAggregations()
    {
        // Nothing is accessed: doubled at each tuning, after aggregations 3 and 6; the tune event comes before the snapshot.
        DamonContext context = Started(SimulatedAccesses.Always(AccessState.NotAccessed));
        context.Passes(6 * 20);
        Assert.Equal([10_000ul, 20_000ul], _observer.TunedUs);
        Assert.Equal(["0", "0", "tuned", "0", "0", "0", "tuned", "0"], _observer.Order);
        Assert.Equal((20_000ul, 400_000ul), (context.Attributes.SampleUs, context.Attributes.AggrUs));
    }

    [Fact]
    public void EmittedAge_IsInTheNewIntervals()
    {
        // Age 3 of 100 ms at the third aggregation becomes 1.5 of 200 ms, rounded.
        Started(SimulatedAccesses.Always(AccessState.NotAccessed)).Passes(3 * 20);
        Assert.Equal([1u, 2u, 2u], _observer.Snapshots.Select(s => s.Regions[0].Age));
    }

    [Fact]
    public void WindowAttributes_AreThoseTheAggregationWasSampledWith()
    {
        DamonContext context = Started(SimulatedAccesses.Always(AccessState.NotAccessed));
        List<(ulong, ulong)> sampleUs = [];
        _observer.OnSnapshot = _ => sampleUs.Add((context.WindowAttributes.SampleUs, context.Attributes.SampleUs));
        context.Passes(4 * 20);
        Assert.Equal([(5_000ul, 5_000ul), (5_000ul, 5_000ul), (5_000ul, 10_000ul), (10_000ul, 10_000ul)], sampleUs);
    }

    [Fact]
    public void IntervalAtItsBound_IsNotReportedAsTuned()
    {
        DamonContext context = Started(SimulatedAccesses.Always(AccessState.Accessed)); // 5000, 2500, 1250, 1000
        context.Passes(30 * 20);
        Assert.Equal([2_500ul, 1_250ul, 1_000ul], _observer.TunedUs);
    }

    [Fact]
    public void RegionsUpdate_IsNotPutOffByTuning()
    {
        // 1 s = 200 samples of 5 ms. Tuned after 60 samples (140 left become 70 of 10 ms) and after 120 (10 left become 5 of 20 ms).
        FakeAddressSpace space = new("0-1000000");
        DamonContext context = Started(SimulatedAccesses.Always(AccessState.NotAccessed), space);
        context.Passes(124);
        Assert.Equal(1, space.NrReads);
        context.Passes(1);
        Assert.Equal(2, space.NrReads);
    }

    [Fact]
    public void Intervals_ConvergeToTheGoal()
    {
        // Every page is touched once in 500 ms, so a sample sees it with probability sample / 500 ms: 4 % at 20 ms. One tuning sees
        // at least 500 regions * 20 samples, standard deviation sqrt(0.04 * 0.96 / 10000) / 0.04 = 4.9 %. The steps correct their own
        // error, so intervals scatter by about that much; the median of 300 is good to 4.9 % * 1.25 / sqrt(300) = 0.35 %; 1 % are 3 sigma.
        SeededRandom random = new(5);
        DamonContext? context = null;
        SimulatedAccesses periodic = new(_ =>
            random.Next(0, 499_999) < context!.Attributes.SampleUs ? AccessState.Accessed : AccessState.NotAccessed);
        context = Started(periodic, attributes: new() { IntervalsGoal = s_goal, MinNrRegions = 500, MaxNrRegions = 2_000 });
        context.Passes(1_050 * 20);
        ulong[] tuned = [.. _observer.TunedUs.Skip(50).Order()];
        Assert.InRange(tuned.Length, 290, 300);
        Assert.InRange(tuned[tuned.Length / 2], 19_800ul, 20_200ul);
        Assert.Equal(20ul, context.Attributes.AggrUs / context.Attributes.SampleUs);
    }

    private DamonContext Started(SimulatedAccesses accesses, FakeAddressSpace? space = null, DamonAttributes? attributes = null)
    {
        DamonContext context = new(attributes ?? new() { IntervalsGoal = s_goal }, new SeededRandom(1), _observer, 1);
        context.AddTarget(space ?? new FakeAddressSpace("0-1000000"), accesses);
        context.Start();
        return context;
    }
}
