namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class MappingGranularityTests
{
    private const string Mappings = "0-10, 10-20, 20-1000, 5000-5001, 9000-9500";

    private readonly RecordingObserver _observer = new();
    private readonly FakeAddressSpace _space = new(Mappings);

    [Fact]
    public void Regions_AreExactlyTheMappings()
    {
        // All equally cold, touching and of every size: neither merged, nor split, nor aligned.
        DamonContext context = Started(Run.Short, _ => AccessState.NotAccessed);
        context.Passes(40);
        Assert.All(_observer.Snapshots, s => Assert.Equal("0-10-20-1000, 5000-5001, 9000-9500", Notation.Bounds(s.Regions)));
        Assert.Equal("0-10-20-1000, 5000-5001, 9000-9500", Notation.Bounds(context.Targets[0].Regions));
    }

    [Fact]
    public void Update_FollowsTheMappings()
    {
        DamonContext context = Started(Run.Short, a => a < 10 ? AccessState.Accessed : AccessState.NotAccessed);
        context.Passes(4);
        _space.Mappings = "0-10, 20-800, 900-1000, 9000-9500";
        context.Passes(8);
        // 0-10 is hot since aggregation 1 (age 0), now aggregation 3; both parts of 20-1000 are cold since the start.
        Assert.Equal("0-10 4/2, 20-800 0/3, 900-1000 0/3, 9000-9500 0/3", Notation.Full(_observer.Snapshots[^1].Regions));
    }

    [Fact]
    public void TooManyMappings_AreMergedByTheOrdinaryRule()
    {
        // 5 mappings, 4 allowed; the limit 1501 / 3 = 500 lets 0-10 and 10-20 join, nothing else touches.
        Started(Run.Short with { MaxNrRegions = 4 }, _ => AccessState.NotAccessed).Passes(4);
        Assert.Equal("0-20-1000, 5000-5001, 9000-9500", Notation.Bounds(_observer.Snapshots[0].Regions));
    }

    [Fact]
    public void TooManyMappings_RaiseTheThresholdUntilTheyFit()
    {
        // 0-10 is hot with 4, the rest cold: thresholds 0, 1, 2 do not join them, 4 does.
        Started(Run.Short with { MaxNrRegions = 4 }, a => a < 10 ? AccessState.Accessed : AccessState.NotAccessed).Passes(4);
        Assert.Equal("0-20 2/0, 20-1000 0/1, 5000-5001 0/1, 9000-9500 0/1", Notation.Full(_observer.Snapshots[0].Regions));
    }

    private DamonContext Started(DamonAttributes attributes, Func<ulong, AccessState> stateOf)
    {
        DamonContext context = new(attributes, new SeededRandom(1), _observer, 8);
        context.AddTarget(_space, new SimulatedAccesses(stateOf) { Granularity = AccessGranularity.Mapping });
        context.Start();
        return context;
    }
}
