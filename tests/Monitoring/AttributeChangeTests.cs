namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class AttributeChangeTests
{
    private static readonly DamonAttributes s_doubled = Run.Short with { SampleUs = 2_000, AggrUs = 16_000 }; // M 4 -> 8

    private readonly RecordingObserver _observer = new();
    private readonly FakeAddressSpace _space = new("0-100, 200-300, 400-500");

    [Fact]
    public void NewIntervals_BeginANewAggregation()
    {
        DamonContext context = Started();
        context.Passes(4 + 2);
        context.SetAttributes(s_doubled);
        context.Passes(7);
        Assert.Single(_observer.Snapshots);
        context.Passes(1);
        Assert.Equal([4u, 8u], _observer.Snapshots.Select(s => s.NrSamples));
        Assert.Equal([4u, 8u], _observer.Snapshots.Select(s => s.Regions[0].NrAccesses)); // the 2 counted before are dropped
    }

    [Fact]
    public void NewIntervals_ConvertAgeAndTheLastAggregation()
    {
        // After 9 aggregations the cold regions are 9 * 4 ms old: 36 / 16 = 2 aggregations of 16 ms; 4 of 4 accesses become 8 of 8.
        DamonContext context = Started();
        context.Passes(36);
        context.SetAttributes(s_doubled);
        DamonRegion cold = context.Targets[0].Regions[^1];
        DamonRegion hot = context.Targets[0].Regions[0];
        Assert.Equal((0u, 0u, 2u), (cold.NrAccesses, cold.LastNrAccesses, cold.Age));
        Assert.Equal((0u, 8u, 2u), (hot.NrAccesses, hot.LastNrAccesses, hot.Age)); // hot: age 8, 32 ms
    }

    [Fact]
    public void ConvertedHistory_IsNotAChangeOfTheFrequency()
    {
        DamonContext context = Started();
        context.Passes(36);
        context.SetAttributes(s_doubled);
        context.Passes(8);
        Assert.Equal(3u, _observer.Snapshots[^1].Regions[0].Age);
    }

    [Fact]
    public void NewBounds_LeaveTheAggregationAlone()
    {
        DamonContext context = Started();
        context.Passes(2);
        context.SetAttributes(Run.Short with { MaxNrRegions = 500 });
        context.Passes(2);
        Assert.Equal(4u, Assert.Single(_observer.Snapshots).NrSamples);
    }

    [Fact]
    public void LowerMaxNrRegions_IsRespectedByTheNextMerge()
    {
        // 1,000 bytes alternating hot and cold every 10: up to 100 regions; then at most 7.
        DamonContext context = new(Run.Short, new SeededRandom(1), _observer, 1);
        context.AddTarget(
            new FakeAddressSpace("0-1000"), new SimulatedAccesses(a => a / 10 % 2 == 0 ? AccessState.Accessed : AccessState.NotAccessed));
        context.Start();
        context.Passes(400);
        Assert.True(_observer.Snapshots[^1].Regions.Length > 7);
        context.SetAttributes(Run.Short with { MaxNrRegions = 7 });
        context.Passes(4);
        Assert.InRange(_observer.Snapshots[^1].Regions.Length, 3, 7);
    }

    [Fact]
    public void RegionsUpdate_IsNotPutOff()
    {
        // Due 8 ms after the start. After 6 ms the sampling interval becomes 2 ms: one more sample.
        DamonContext context = Started();
        context.Passes(6);
        context.SetAttributes(s_doubled);
        context.Passes(1);
        Assert.Equal(2, _space.NrReads);
    }

    [Fact]
    public void ShorterRegionsUpdate_TakesEffectAtOnce()
    {
        DamonContext context = Started();
        context.Passes(1);
        context.SetAttributes(Run.Short with { UpdateUs = 2_000 });
        context.Passes(4);
        Assert.Equal(1 + 2, _space.NrReads);
    }

    [Fact]
    public void InvalidAttributes_ChangeNothing()
    {
        DamonContext context = Started();
        Assert.Throws<ArgumentException>(() => context.SetAttributes(new() { MinNrRegions = 0 }));
        Assert.Same(Run.Short, context.Attributes);
    }

    [Fact]
    public void Change_BetweenPrepareAndCheckIsSafe()
    {
        DamonContext context = Started();
        context.PrepareAccessChecks();
        context.SetAttributes(s_doubled with { MinNrRegions = 50 });
        context.CheckAccesses(); // the simulated check fails if it gets other addresses than it prepared
        Assert.Equal(1u, context.Targets[0].NrSamples);
    }

    private DamonContext Started()
    {
        DamonContext context = new(Run.Short, new SeededRandom(1), _observer, 1);
        context.AddTarget(_space, SimulatedAccesses.Hot(() => new(0, 100)));
        context.Start();
        return context;
    }
}
