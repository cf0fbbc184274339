using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Recordings;

public sealed class SnapshotAssemblerTests
{
    private readonly List<string> _finished = [];
    private readonly SnapshotAssembler _assembler;

    public SnapshotAssemblerTests() => _assembler = new SnapshotAssembler(Record);

    [Fact]
    public void CompleteSnapshot_IsHandedOverWithItsLastRegion()
    {
        Add("0-1/2", "1-2/2");
        Expect("k1.0#0 0-1 1-2");
    }

    [Fact]
    public void LostRegion_CostsOneSnapshotOnly()
    {
        Add("0-1/3", "1-2/3", /* 2-3 is lost */ "0-1/3", "1-2/3", "2-3/3", "0-1/3", "1-2/3", "2-3/3");
        Expect("k1.0#0 0-1 1-2 incomplete of 3", "k1.0#1 0-1 1-2 2-3", "k1.0#2 0-1 1-2 2-3");
    }

    [Fact]
    public void LostFirstRegion_CostsOneSnapshotOnly()
    {
        Add("1-2/2", "0-1/2", "1-2/2");
        Expect("k1.0#0 1-2 incomplete of 2", "k1.0#1 0-1 1-2");
    }

    [Fact]
    public void OtherNumberOfRegions_BeginsTheNextSnapshot()
    {
        Add("0-1/3", "1-2/2", "2-3/2");
        Expect("k1.0#0 0-1 incomplete of 3", "k1.0#1 1-2 2-3");
    }

    [Fact]
    public void Targets_AreKeptApartWhenInterleaved()
    {
        Add("0-1/2", "t1 5-6/2", "1-2/2", "t1 6-7/2");
        Expect("k1.0#0 0-1 1-2", "k1.1#0 5-6 6-7");
    }

    [Fact]
    public void Kdamonds_AreKeptApartByThread()
    {
        _assembler.Add("a", 1, Event("0-1/2"), 0, 0);
        _assembler.Add("a", 2, Event("0-1/2"), 0, 0);
        _assembler.Add("a", 1, Event("1-2/2"), 0, 0);
        _assembler.Add("a", 2, Event("1-2/2"), 0, 0);
        Expect("a1.0#0 0-1 1-2", "a2.0#0 0-1 1-2");
    }

    [Fact]
    public void KdamondsWithoutThread_AreKeptApartByName()
    {
        _assembler.Add("a", 0, Event("0-1/2"), 0, 0);
        _assembler.Add("b", 0, Event("0-1/2"), 0, 0);
        _assembler.Add("a", 0, Event("1-2/2"), 0, 0);
        _assembler.Add("b", 0, Event("1-2/2"), 0, 0);
        Expect("a0.0#0 0-1 1-2", "b0.0#0 0-1 1-2");
    }

    /// <summary>A tracer learns the name of a thread when it likes, also within a snapshot.</summary>
    [Theory]
    [InlineData("<...>")]
    [InlineData(":1")]
    [InlineData("old")]
    public void NameThatBecomesKnown_BreaksNoSnapshot(string first)
    {
        _assembler.Add(first, 1, Event("0-1/2"), 0, 0);
        _assembler.Add("new", 1, Event("1-2/2"), 0, 0);
        _assembler.Add("new", 1, Event("0-1/1"), 0, 0);
        Expect("new1.0#0 0-1 1-2", "new1.0#1 0-1");
    }

    [Fact]
    public void TimeThatGoesBack_IsCounted()
    {
        foreach (long timeNs in (long[])[10, 20, 15, 30])
        {
            _assembler.Add("k", 1, Event("0-1/1"), timeNs, 0);
        }

        _assembler.Add("k", 2, Event("0-1/1"), 5, 0);
        Assert.Equal(1, _assembler.Backwards);
        Assert.Contains("time goes back 1 time", Assert.Single(_assembler.ToEnd(0, null).Notes), StringComparison.Ordinal);
    }

    /// <summary>A kernel with probes, or two probes of one place: what a thread says under two names is one recording.</summary>
    [Fact]
    public void SecondName_IsLeftOutAndCounted()
    {
        foreach (string region in (string[])["0-1/2", "1-2/2", "0-1/2", "1-2/2"])
        {
            _assembler.Add("k", 1, Event(region), 0, 0, name: 5);
            _assembler.Add("k", 1, Event(region), 0, 0, name: 9);
        }

        Expect("k1.0#0 0-1 1-2", "k1.0#1 0-1 1-2");
        Assert.Equal((4L, 4L), (_assembler.Events, _assembler.Twins));
        Assert.Contains("4 events were left out", Assert.Single(_assembler.ToEnd(0, null).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void ImpossibleEvents_AreLeftOutAndCounted()
    {
        Add("0-1/2", "5-6/0", "2-1/2", "1-2/2");
        Expect("k1.0#0 0-1 1-2");
        Assert.Equal(2, _assembler.Impossible);
    }

    [Fact]
    public void EndOfInput_ClosesWhatIsOpenInOrder()
    {
        Add("0-1/2", "t1 5-6/2");
        _assembler.Flush();
        Expect("k1.0#0 0-1 incomplete of 2", "k1.1#0 5-6 incomplete of 2");
        Assert.Equal(new RecordingEnd(2, 2, 2, 7, "x"), _assembler.ToEnd(7, "x"));
    }

    [Fact]
    public void Header_FindsALossNoAddressCanShow()
    {
        Open(nrRegions: 2, number: 10);
        Add("0-1/2");
        Open(nrRegions: 2, number: 11);
        Add("1-2/2");
        _assembler.Flush();
        Expect("k1.0#10 0-1 incomplete of 2 window 5", "k1.0#11 1-2 incomplete of 2 window 5");
    }

    [Fact]
    public void Header_AloneIsASnapshotWithoutRegions()
    {
        Open(nrRegions: 0, number: 3);
        Open(nrRegions: 2, number: 4);
        Open(nrRegions: 1, number: 5);
        Add("0-1/1");
        Expect("k1.0#3 window 5", "k1.0#4 incomplete of 2 window 5", "k1.0#5 0-1 window 5");
    }

    [Fact]
    public void LostHeader_LeavesNoFactsOfTheSnapshotBefore()
    {
        Open(nrRegions: 1, number: 3);
        Add("0-1/1", "0-1/1");
        Expect("k1.0#3 0-1 window 5", "k1.0#4 0-1");
    }

    [Fact]
    public void ManyOpenSnapshots_AreBounded()
    {
        for (int tid = 0; tid < 1000; tid++)
        {
            _assembler.Add("k", tid, Event("0-1/2"), 0, 0);
        }

        Assert.Equal(1000 - 256, _finished.Count);
    }

    [Fact]
    public void Adding_DoesNotAllocate()
    {
        SnapshotAssembler assembler = new(_ => { });
        DamonAggregated first = Event("0-1/2");
        DamonAggregated second = Event("1-2/2");
        void Run()
        {
            assembler.Add("k", 1, first, 0, 0);
            assembler.Add("k", 2, first, 0, 0);
            assembler.Add("k", 1, second, 0, 0);
            assembler.Add("k", 2, second, 0, 0);
        }

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Run();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>"[tTARGET ]START-END/NR_REGIONS".</summary>
    private static DamonAggregated Event(string text)
    {
        string[] parts = text.Split(' ', '-', '/', 't');
        return new DamonAggregated
        {
            TargetId = text[0] == 't' ? ulong.Parse(parts[1]) : 0,
            Start = ulong.Parse(parts[^3]),
            End = ulong.Parse(parts[^2]),
            NrRegions = uint.Parse(parts[^1]),
        };
    }

    private void Add(params string[] events)
    {
        foreach (string text in events)
        {
            _assembler.Add("k", 1, Event(text), 0, 0);
        }
    }

    [Fact]
    public void Estimates_BelongToTheRegionsOfTheirHeader()
    {
        Open(nrRegions: 2, number: 7);
        Estimate(0, [10]);
        Estimate(1, [11]);
        Add("0-1/2", "1-2/2");
        Expect("k1.0#7 0-1 1-2 window 5 estimates 10 11");
        Assert.Equal(0, _assembler.WithoutEstimates);
    }

    [Theory]
    [InlineData(0u, 3)]
    [InlineData(1u, 1)]
    [InlineData(0u, 1)]
    public void EstimatesThatDoNotMatch_AreLeftOutAndCounted(uint first, int count)
    {
        Open(nrRegions: 2, number: 7);
        Estimate(first, new uint[count]);
        Add("0-1/2", "1-2/2");
        Expect("k1.0#7 0-1 1-2 window 5");
        Assert.Equal(1, _assembler.WithoutEstimates);
    }

    [Fact]
    public void LostRegion_TakesTheEstimatesWithIt()
    {
        Open(nrRegions: 2, number: 7);
        Estimate(0, [10, 11]);
        Add("0-1/2");
        Open(nrRegions: 2, number: 8);
        Estimate(0, [12, 13]);
        Add("0-1/2", "1-2/2");
        Expect("k1.0#7 0-1 incomplete of 2 window 5", "k1.0#8 0-1 1-2 window 5 estimates 12 13");
        Assert.Equal(1, _assembler.WithoutEstimates);
    }

    [Fact]
    public void LostHeader_DoesNotGiveItsEstimatesToAnother()
    {
        Open(nrRegions: 2, number: 7);
        Estimate(0, [10, 11]);
        Estimate(0, [12, 13]);
        Add("0-1/2", "1-2/2");
        Estimate(0, [14, 15]);
        Add("0-1/2", "1-2/2");
        Expect("k1.0#7 0-1 1-2 window 5", "k1.0#8 0-1 1-2");
        Assert.Equal(2, _assembler.WithoutEstimates);
    }

    [Fact]
    public void RegionsOfTheNextSnapshot_DoNotGetEstimatesWhoseOwnWereLost()
    {
        Open(nrRegions: 2, number: 7);
        Estimate(0, [10, 11]);
        _assembler.Add("k", 1, Event("0-1/2"), 100_000_000, 0);
        _assembler.Add("k", 1, Event("1-2/2"), 100_000_000, 0);
        Expect("k1.0#7 0-1 1-2 window 5");
        Assert.Equal(1, _assembler.WithoutEstimates);
    }

    [Fact]
    public void LostEstimates_AreCountedWhereTheHeaderSaysThereAreSome()
    {
        Open(nrRegions: 1, number: 7, new SnapshotMemory { ResidentBytes = 4096 });
        Add("0-1/1");
        Open(nrRegions: 1, number: 8);
        Add("0-1/1");
        Assert.Equal(1, _assembler.WithoutEstimates);
        Assert.Contains(_assembler.ToEnd(0, null).Notes, note => note.Contains("1 snapshots are without their estimates", StringComparison.Ordinal));
    }

    private void Open(uint nrRegions, ulong number, SnapshotMemory? memory = null) =>
        _assembler.Open("k", 1, new SnapshotHeader { NrRegions = nrRegions, Snapshot = number, BeginNs = 5, AggrUs = 100_000 }, memory);

    private void Estimate(uint first, uint[] resident) => _assembler.AddEstimates(
        "k", 1, 0, first, [.. resident.Select(pages => new RegionEstimateRecord { ResidentPages = pages })], 0);

    private void Record(Snapshot snapshot)
    {
        string text = $"{snapshot.Kdamond}{snapshot.KdamondTid}.{snapshot.TargetId}#{snapshot.Number}";
        foreach (RegionEvent region in snapshot.Regions)
        {
            text += $" {region.Start}-{region.End}";
        }

        text += snapshot.Complete ? "" : $" incomplete of {snapshot.NrRegions}";
        text += snapshot.BeginNs is { } begin ? $" window {begin}" : "";
        foreach (ref readonly RegionEstimateRecord estimate in snapshot.Estimates)
        {
            text += (text.Contains("estimates", StringComparison.Ordinal) ? " " : " estimates ") + estimate.ResidentPages;
        }

        _finished.Add(text);
    }

    private void Expect(params string[] snapshots) => Assert.Equal(snapshots, _finished);
}
