namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class ContextTests
{
    private readonly RecordingObserver _observer = new();
    private readonly SimulatedAccesses _hotBelow100 = SimulatedAccesses.Hot(() => new(0, 100));

    [Fact]
    public void Aggregation_HasMChecksAndIsEmittedBeforeReset()
    {
        // M = 4: two aggregations after 8 passes, each with nr_accesses 4 where it is hot.
        DamonContext context = Started(Run.Short, "0-100, 200-300, 400-500");
        context.Passes(8);
        Assert.Equal(2, _observer.Snapshots.Count);
        Assert.All(_observer.Snapshots, s => Assert.Equal(4u, s.NrSamples));
        Assert.Equal(4u, _observer.Snapshots[1].Regions[0].NrAccesses);
        Assert.Equal(4u, _observer.Snapshots[1].Regions[0].LastNrAccesses);
        Assert.Equal(8ul, context.PassedSampleIntervals);
        Assert.Equal(2ul, context.NrAggregations);
    }

    [Fact]
    public void NothingIsEmitted_BeforeTheAggregationIsOver()
    {
        Started(Run.Short, "0-100, 200-300, 400-500").Passes(3);
        Assert.Empty(_observer.Snapshots);
    }

    [Fact]
    public void NextAggregation_BeginsWithZero()
    {
        DamonTarget target = Started(Run.Short, "0-100, 200-300, 400-500").Passes(4).Targets[0];
        Assert.Equal(0u, target.Regions[0].NrAccesses);
        Assert.Equal(4u, target.Regions[0].LastNrAccesses);
        Assert.Equal(0u, target.NrSamples);
    }

    [Fact]
    public void Snapshot_IsAfterMergeAndBeforeSplit()
    {
        // The first split makes 6 regions of 3; the merge undoes it before the second snapshot.
        DamonContext context = Started(Run.Short, "0-100, 200-300, 400-500").Passes(4);
        Assert.Equal(6, context.Targets[0].Regions.Length);
        context.Passes(4);
        Assert.All(_observer.Snapshots, s => Assert.Equal("0-100, 200-300, 400-500", Notation.Bounds(s.Regions)));
    }

    [Fact]
    public void Age_CountsAggregationsAndStartsAnewOnChange()
    {
        AddressRange hot = new(0, 100);
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), SimulatedAccesses.Hot(() => hot));
        context.Start();
        context.Passes(12);
        hot = new(200, 300);
        context.Passes(4);
        // First aggregation: 0 -> 4 is a change (age 0), cold stays 0 (age 1).
        Assert.Equal([0u, 1u, 2u, 0u], _observer.Snapshots.Select(s => s.Regions[0].Age));
        Assert.Equal([1u, 2u, 3u, 0u], _observer.Snapshots.Select(s => s.Regions[1].Age));
        Assert.Equal([1u, 2u, 3u, 4u], _observer.Snapshots.Select(s => s.Regions[2].Age));
    }

    [Fact]
    public void Targets_AreEmittedOneAfterTheOther()
    {
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), _hotBelow100);
        context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), SimulatedAccesses.Always(AccessState.NotAccessed));
        context.Start();
        context.Passes(8);
        Assert.Equal(["0", "1", "0", "1"], _observer.Order);
        Assert.Equal(4u, _observer.Snapshots[2].Regions[0].NrAccesses);
        Assert.Equal(0u, _observer.Snapshots[3].Regions[0].NrAccesses);
    }

    [Fact]
    public void OneBatch_PerTargetAndSamplingInterval()
    {
        Started(Run.Short, "0-100, 200-300, 400-500").Passes(10);
        Assert.Equal((10, 10), (_hotBelow100.NrMakeOld, _hotBelow100.NrReadYoung));
    }

    [Theory]
    [InlineData(AccessState.NotAccessed, 0u, 0u)]
    [InlineData(AccessState.Unclearable, 12u, 0u)] // 4 checks of 3 regions
    [InlineData(AccessState.Unprepared, 0u, 12u)]
    public void WhatIsNotKnown_IsCountedAndNeverHot(AccessState state, uint nrUnclearable, uint nrUnprepared)
    {
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), SimulatedAccesses.Always(state));
        context.Start();
        context.Passes(4);
        RecordingObserver.Aggregated snapshot = Assert.Single(_observer.Snapshots);
        Assert.All(snapshot.Regions, r => Assert.Equal(0u, r.NrAccesses));
        Assert.Equal((nrUnclearable, nrUnprepared), (snapshot.NrUnclearable, snapshot.NrUnprepared));
        Assert.Equal((0u, 0u), (context.Targets[0].NrUnclearable, context.Targets[0].NrUnprepared));
    }

    [Fact]
    public void WhatACheckLeavesOut_IsNotAccessed()
    {
        // The first sample is accessed; the other three answers are missing and must not repeat it.
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), new OnceAnsweringCheck());
        context.Start();
        context.Passes(4);
        Assert.All(Assert.Single(_observer.Snapshots).Regions, r => Assert.Equal(1u, r.NrAccesses));
    }

    [Fact]
    public void Update_FollowsTheMappingsWhenDue()
    {
        // Every 8 samples: the change after 4 is seen in the second snapshot's update, so from the third snapshot on.
        FakeAddressSpace space = new("0-100, 200-300, 400-500");
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(space, _hotBelow100);
        context.Start();
        context.Passes(4);
        space.Mappings = "0-100, 200-300, 400-600";
        context.Passes(8);
        Assert.Equal([500ul, 500ul, 600ul], _observer.Snapshots.Select(s => s.Regions[^1].End));
        Assert.Equal(2, space.NrReads); // start and one update
    }

    [Fact]
    public void TargetThatCannotBeRead_KeepsItsRegions()
    {
        FakeAddressSpace space = new("0-100, 200-300, 400-500");
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(space, _hotBelow100);
        context.Start();
        space.IsReadable = false;
        space.Mappings = "0-1";
        context.Passes(16);
        Assert.Equal("0-100, 200-300, 400-500", Notation.Bounds(_observer.Snapshots[^1].Regions));
    }

    [Fact]
    public void TargetWithoutMappings_KeepsItsRegions()
    {
        FakeAddressSpace space = new("0-100, 200-300, 400-500");
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(space, _hotBelow100);
        context.Start();
        space.Mappings = "";
        context.Passes(16);
        Assert.Equal("0-100, 200-300, 400-500", Notation.Bounds(_observer.Snapshots[^1].Regions));
    }

    [Fact]
    public void TargetWithoutRegions_TriesAgainAtEachUpdate()
    {
        FakeAddressSpace space = new("0-100, 200-300, 400-500") { IsReadable = false };
        DamonContext context = NewContext(Run.Short);
        context.AddTarget(space, _hotBelow100);
        context.Start();
        context.Passes(8);
        Assert.Empty(_observer.Snapshots); // nothing to tell, nothing is emitted
        space.IsReadable = true;
        context.Passes(12); // the update after 16 passes succeeds
        Assert.Equal("0-100, 200-300, 400-500", Notation.Bounds(Assert.Single(_observer.Snapshots).Regions));
    }

    [Fact]
    public void TinyProcess_IsMonitoredThroughTheFallback()
    {
        DamonTarget target = Started(Run.Short, "0-99").Targets[0];
        Assert.Equal("0-33-66-99", Notation.Bounds(target.Regions)); // min_nr_regions 3: pieces of 99 / 3
    }

    [Fact]
    public void Target_CanBeRemovedWhileRunning()
    {
        DamonContext context = NewContext(Run.Short);
        DamonTarget first = context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), _hotBelow100);
        context.AddTarget(new FakeAddressSpace("0-100, 200-300, 400-500"), SimulatedAccesses.Always(AccessState.NotAccessed));
        context.Start();
        context.Passes(4);
        Assert.True(context.RemoveTarget(first));
        Assert.False(context.RemoveTarget(first));
        context.Passes(4);
        Assert.Equal(["0", "1", "1"], _observer.Order);
    }

    [Fact]
    public void Target_CanBeAddedBetweenPrepareAndCheck()
    {
        DamonContext context = Started(Run.Short, "0-100, 200-300, 400-500");
        context.PrepareAccessChecks();
        DamonTarget added = context.AddTarget(
            new FakeAddressSpace("0-100, 200-300, 400-500"), SimulatedAccesses.Always(AccessState.NotAccessed));
        context.CheckAccesses();
        context.Passes(3);
        Assert.Equal(1ul, added.TargetId);
        Assert.Equal([4u, 3u], _observer.Snapshots.Select(s => s.NrSamples));
    }

    [Fact]
    public void TargetIds_AreNotReused()
    {
        DamonContext context = Started(Run.Short, "0-100, 200-300, 400-500");
        context.RemoveTarget(context.Targets[0]);
        Assert.Equal(1ul, context.AddTarget(new FakeAddressSpace("0-100"), _hotBelow100).TargetId);
    }

    [Fact]
    public void GivenRanges_AreKeptAsGiven()
    {
        // Two gaps and odd bounds: neither the three-ranges rule nor alignment applies; updates leave it alone.
        DamonContext context = NewContext(Run.Short with { MaxNrRegions = 4 }, minRegionSize: 8);
        context.AddTarget(Notation.Ranges("3-50, 60-103, 110-151, 160-199"), _hotBelow100);
        context.Start();
        context.Passes(16);
        Assert.All(_observer.Snapshots, s => Assert.Equal("3-50, 60-103, 110-151, 160-199", Notation.Bounds(s.Regions)));
    }

    [Theory]
    [InlineData("5-5")]
    [InlineData("5-10, 8-20")]
    [InlineData("10-20, 5-8")]
    public void GivenRanges_AreSortedDisjointAndNotEmpty(string ranges) =>
        Assert.Throws<ArgumentException>(() => NewContext(Run.Short).AddTarget(Notation.Ranges(ranges), _hotBelow100));

    [Fact]
    public void MinNrRegions_IsReachedAtStart() =>
        Assert.Equal(20, Started(new() { MinNrRegions = 20 }, "0-1000").Targets[0].Regions.Length);

    [Fact]
    public void MaxNrRegions_IsKeptInEverySnapshot()
    {
        // 100 separate hot spots of 10 bytes; after the first merge never more than 12 regions are left.
        SimulatedAccesses spots = new(a => a / 10 % 10 == 0 ? AccessState.Accessed : AccessState.NotAccessed);
        DamonContext context = NewContext(Run.Short with { MaxNrRegions = 12 });
        context.AddTarget(new FakeAddressSpace("0-10000"), spots);
        context.Start();
        context.Passes(400);
        Assert.All(_observer.Snapshots, s => Assert.InRange(s.Regions.Length, 3, 12));
    }

    [Fact]
    public void ThirdPiece_NeedsAnUnchangedNumberOfRegions()
    {
        // 3 regions at each split: the first time into 2 pieces (6 regions), then, as the merge undoes it, into 3 (9 regions).
        DamonContext context = NewContext(Run.Short, random: new SeededRandom(3));
        context.AddTarget(new FakeAddressSpace("0-100000, 200000-300000, 400000-500000"), SimulatedAccesses.Always(AccessState.NotAccessed));
        context.Start();
        context.Passes(4);
        Assert.Equal(6, context.Targets[0].Regions.Length);
        context.Passes(4);
        Assert.Equal(9, context.Targets[0].Regions.Length);
    }

    [Fact]
    public void Observer_MustNotCallBack()
    {
        DamonContext context = Started(Run.Short, "0-100, 200-300, 400-500");
        _observer.OnSnapshot = _ => context.SetAttributes(new());
        Assert.Throws<InvalidOperationException>(() => context.Passes(4));
    }

    [Fact]
    public void InvalidAttributes_AreRefusedWithAllProblems()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => NewContext(new() { MinNrRegions = 2, MaxNrRegions = 1 }));
        Assert.Contains("at least 3 needed", e.Message, StringComparison.Ordinal);
        Assert.Contains("at most 1 allowed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SmallestRegion_IsAPowerOfTwo() => Assert.Throws<ArgumentException>(() => NewContext(new(), minRegionSize: 4095));

    [Fact]
    public void CheckBeforeStart_IsAMistake() => Assert.Throws<InvalidOperationException>(() => NewContext(new()).CheckAccesses());

    [Fact]
    public void SecondStart_IsAMistake() => Assert.Throws<InvalidOperationException>(() => Started(Run.Short, "0-100").Start());

    private DamonContext NewContext(DamonAttributes attributes, ulong minRegionSize = 1, IRandomSource? random = null) =>
        new(attributes, random ?? new SeededRandom(1), _observer, minRegionSize);

    private DamonContext Started(DamonAttributes attributes, string mappings)
    {
        DamonContext context = NewContext(attributes);
        context.AddTarget(new FakeAddressSpace(mappings), _hotBelow100);
        context.Start();
        return context;
    }

    private sealed class OnceAnsweringCheck : IAccessCheck
    {
        private bool _hasAnswered;

        public AccessGranularity Granularity => AccessGranularity.Page;

        public string Labels => "simulated=yes";

        public void MakeOld(ReadOnlySpan<ulong> addresses)
        {
        }

        public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
        {
            if (!_hasAnswered)
            {
                states.Fill(AccessState.Accessed);
                _hasAnswered = true;
            }
        }

        public void Dispose()
        {
        }
    }
}
