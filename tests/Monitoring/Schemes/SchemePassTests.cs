using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Monitoring.Tests.Schemes;

/// <summary>What a pass does to regions; addresses in pages.</summary>
public sealed class SchemePassTests
{
    private const ulong Second = 1_000_000_000;
    private static readonly DamonAttributes s_attributes = new() { SampleUs = 5_000, AggrUs = 100_000 };

    private readonly VirtualMachine _machine = new();

    [Fact]
    public void MatchingRegions_AreActedOnAndTheirAgeBeginsAnew()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 0/30, 10-20 5/30, 20-30 0/5", new Scheme
        {
            Action = SchemeAction.PageOut,
            Pattern = new() { MaxAccesses = AccessBound.Min, MinAge = AgeBound.Aggregations(20) },
        });
        Pass(engine, target);

        Assert.Equal(["0: 0-10 0/30"], _machine.Log);
        Assert.Equal("0-10 0/0, 10-20 5/30, 20-30 0/5", Regions(target));
        Assert.Equal(new SchemeCounters { NrTried = 1, SzTried = 40_960, NrApplied = 1, SzApplied = 40_960, SzOpsFilterPassed = 40_960, NrSnapshots = 1 },
            engine.Schemes[0].Counters);
    }

    [Fact]
    public void Stat_LeavesAgesAlone()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 0/30", new Scheme { Action = SchemeAction.Stat });
        Pass(engine, target);
        Assert.Equal("0-10 0/30", Regions(target));
        Assert.Equal(1ul, engine.Schemes[0].Counters.NrTried);
    }

    [Fact]
    public void Quota_CutsARegionAtItsBorderAndGoesOnThereInTheNextWindow()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 0/30, 10-30 0/40, 30-40 0/50", new Scheme
        {
            Action = SchemeAction.PageOut,
            Quota = new() { SizeBytes = 15 * Run.Page },
        });
        Pass(engine, target);
        Assert.Equal(["0: esz 61440", "0: 0-10 0/30", "0: 10-15 0/40"], _machine.Log);
        Assert.Equal("0-15 0/0, 15-30 0/40, 30-40 0/50", Regions(target)); // what was acted on does not differ any more

        Pass(engine, target);
        Assert.Equal(3, _machine.Log.Count); // same window: nothing is left

        _machine.NowNs += (long)Second;
        Pass(engine, target);
        Assert.Equal("0: 15-30 0/40", _machine.Log[^1]);
        Assert.Equal(1ul, engine.Schemes[0].Counters.QtExceeds);
    }

    [Fact]
    public void Holes_CostNothing()
    {
        _machine.IsThere = page => page >= 90;
        (SchemeEngine engine, DamonTarget target) = Prepare("0-100 0/30", new Scheme
        {
            Action = SchemeAction.PageOut,
            Quota = new() { SizeBytes = 10 * Run.Page },
        });
        Pass(engine, target);
        Assert.Equal("0: 0-100 0/30", _machine.Log[^1]);
        Assert.Equal(10 * Run.Page, engine.Schemes[0].Counters.SzApplied);
    }

    [Fact]
    public void AddressFilter_CutsAtBothEnds()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare("0-100 0/30", new Scheme
        {
            Action = SchemeAction.Cold,
            Filters = [new() { Kind = FilterKind.Address, Allow = true, Range = new(20 * Run.Page, 30 * Run.Page) }],
        });
        Pass(engine, target);
        Assert.Equal(["0: 20-30 0/30"], _machine.Log);
        Assert.Equal("0-20 0/30, 20-30 0/0, 30-100 0/30", Regions(target));
    }

    [Fact]
    public void SchemesBehindACut_SeeEveryPartOnce()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare(
            "0-100 0/30",
            new Scheme { Action = SchemeAction.Stat },
            new Scheme { Action = SchemeAction.Stat, Filters = [new() { Kind = FilterKind.Address, Range = new(20 * Run.Page, 30 * Run.Page) }] },
            new Scheme { Action = SchemeAction.Stat });
        Pass(engine, target);
        Assert.Equal(
            ["0: 0-100 0/30", "1: 0-20 0/30", "2: 0-20 0/30", "2: 20-30 0/30", "1: 30-100 0/30", "2: 30-100 0/30"], _machine.Log);
        Assert.Equal([1ul, 1, 1], engine.Schemes.Select(scheme => scheme.Counters.NrSnapshots));
    }

    [Fact]
    public void OldestGoFirst_WhenAgeHasTheWeight()
    {
        // 64 s: 7 bits, score 99 - 38; 4 s: 3 bits, 99 - 44.
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 0/40, 10-20 0/640", new Scheme
        {
            Action = SchemeAction.PageOut,
            Quota = new() { SizeBytes = 10 * Run.Page, Weights = new(0, 0, 1) },
        });
        Pass(engine, target);
        Assert.Equal(["0: esz 40960", "0: 10-20 0/640"], _machine.Log);
    }

    /// <summary>Half of what is wanted: 1.5 times as much in each window. All of it: as much as before. From one byte.</summary>
    [Fact]
    public void UserInput_TunesTheQuota()
    {
        VirtualMachine machine = new();
        SchemeEngine engine = new(machine, machine, Run.Page);
        RunningScheme scheme = engine.Add(new Scheme
        {
            Action = SchemeAction.Stat,
            Quota = new() { StartBytes = 1_000_000, Goals = [new QuotaGoal(QuotaGoalMetric.UserInput, 100) { CurrentValue = 100 }] },
        });
        var target = new DamonTarget { TargetId = 0, NrSamples = 20 };
        List<ulong> sizes = [];
        foreach (ulong? now in (ulong?[])[null, 50, 50, 100])
        {
            scheme.UserInput = now;
            Pass(engine, target);
            sizes.Add(scheme.Quota.EffectiveSize);
            machine.NowNs += 1_000_000_000;
        }

        Assert.Equal([1_000_000ul, 1_500_000, 2_250_000, 2_250_000], sizes);
    }

    [Fact]
    public void UnknownMemory_MatchesNothing()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 0/30", new Scheme { Action = SchemeAction.PageOut });
        target.RegionArray.AsSpan()[0].Estimate = new RegionEstimate { Resident = 40_960, Unknown = 30_000 };
        Pass(engine, target);
        Assert.Empty(_machine.Tried);
    }

    [Fact]
    public void MaxNrSnapshots_EndsIt()
    {
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 0/30", new Scheme { Action = SchemeAction.Stat, MaxNrSnapshots = 2 });
        for (int i = 0; i < 5; i++)
        {
            Pass(engine, target);
        }

        Assert.Equal(2, _machine.Tried.Count);
    }

    [Fact]
    public void WithinAnAggregation_TheMovingSumMatches()
    {
        // 12 of 20 before, half over, 1 since: 12 - 12/20*10 + 1 = 7.
        (SchemeEngine engine, DamonTarget target) = Prepare("0-10 1/30", new Scheme { Action = SchemeAction.Stat, ApplyIntervalUs = 5_000 });
        target.RegionArray.AsSpan()[0].LastNrAccesses = 12;
        var halfway = new DamonTarget { TargetId = 0, NrSamples = 10 };
        halfway.RegionArray.Append(target.RegionArray.AsSpan()[0]);
        halfway.RegionArray.TakeAppended();
        engine.Apply([halfway], 1, s_attributes, ulong.MaxValue);
        Assert.Equal(["0: 0-10 7/30"], _machine.Log);
    }

    [Fact]
    public void ContextAppliesBeforeItEmits()
    {
        SchemeEngine engine = new(_machine, _machine, Run.Page);
        engine.Add(new Scheme { Action = SchemeAction.PageOut, Pattern = new() { MaxAccesses = AccessBound.Min, MinAge = AgeBound.Aggregations(2) } });
        RecordingObserver observer = new();
        DamonContext context = new(Run.Short, new SeededRandom(1), observer, Run.Page) { Schemes = engine };
        context.AddTarget([new AddressRange(0, 40 * Run.Page)], SimulatedAccesses.Always(AccessState.NotAccessed));
        context.Start();
        context.Passes(12);

        // Ages 1, 2 -> 0 (acted on), 1.
        Assert.Equal([1u, 0, 1], observer.Snapshots.Select(snapshot => snapshot.Regions[0].Age));
        Assert.All(_machine.Tried, tried => Assert.Equal(2u, tried.Region.Age));
    }

    /// <summary>Aggregations of 5 ms that take 40 ms each: 100 ms have passed after three of them, not after twenty.</summary>
    [Fact]
    public void AgesThatAreTimes_AreMeasuredWithTheClock()
    {
        SchemeEngine engine = new(_machine, _machine, Run.Page);
        engine.Add(new Scheme { Action = SchemeAction.PageOut, Pattern = new() { MinAge = AgeBound.Time(TimeSpan.FromMilliseconds(100)) } });
        RecordingObserver observer = new();
        DamonContext context = new(Run.Short, new SeededRandom(1), observer, Run.Page) { Schemes = engine };
        context.AddTarget([new AddressRange(0, 40 * Run.Page)], SimulatedAccesses.Always(AccessState.NotAccessed));
        context.Start();
        int aggregations = 0;
        while (_machine.Tried.Count == 0 && aggregations < 50)
        {
            _machine.NowNs += 40_000_000;
            context.Passes((int)Run.Short.MaxNrAccesses);
            aggregations++;
        }

        Assert.Equal(3, aggregations);
        Assert.Equal(3u, _machine.Tried[0].Region.Age);
        Assert.Equal(TimeSpan.FromMilliseconds(120), _machine.Tried[0].Region.Unchanged);
    }

    private (SchemeEngine Engine, DamonTarget Target) Prepare(string regions, params Scheme[] schemes)
    {
        SchemeEngine engine = new(_machine, _machine, Run.Page);
        foreach (Scheme scheme in schemes)
        {
            engine.Add(scheme);
        }

        var target = new DamonTarget { TargetId = 0, NrSamples = 20 };
        foreach (DamonRegion region in Notation.Regions(regions).AsSpan())
        {
            target.RegionArray.Append(region with { Start = region.Start * Run.Page, End = region.End * Run.Page });
        }

        target.RegionArray.TakeAppended();
        return (engine, target);
    }

    private static void Pass(SchemeEngine engine, DamonTarget target) =>
        engine.Apply([target], engine.Schemes.Max(scheme => scheme.NextApply), s_attributes, ulong.MaxValue);

    private static string Regions(DamonTarget target)
    {
        RegionArray pages = new();
        foreach (DamonRegion region in target.Regions)
        {
            pages.Append(region with { Start = region.Start / Run.Page, End = region.End / Run.Page });
        }

        pages.TakeAppended();
        return Notation.Full(pages.AsSpan());
    }
}
