using System.Globalization;

namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>
/// Hours of virtual time: a process of 512 MB whose hot range jumps to another place every minute, checked perfectly. The working set is
/// the size of all regions with at least one access; the truth is known.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong Mib = 1ul << 20;
    private const ulong SpaceSize = 512 * Mib;

    [Theory]
    [InlineData(16ul, 30)]
    [InlineData(64ul, 120)]
    [InlineData(200ul, 30)]
    public void WorkingSet_OfAMovingHotRangeIsRightWithin5Percent(ulong hotMib, int minutes)
    {
        Truth truth = new();
        DamonContext context = new(new(), new SeededRandom(1), truth, Run.Page);
        truth.Add(context, hotMib * Mib);
        context.Start();
        truth.RunMinutes(context, minutes);
        truth.Report(output, 0);
        truth.AssertWithin5Percent(0);
    }

    [Fact]
    public void WorkingSets_OfSeveralTargetsAreRightWithin5Percent()
    {
        Truth truth = new();
        DamonContext context = new(new() { MinNrRegions = 30, MaxNrRegions = 3_000 }, new SeededRandom(2), truth, Run.Page);
        truth.Add(context, 32 * Mib);
        truth.Add(context, 64 * Mib);
        truth.Add(context, 128 * Mib);
        context.Start();
        truth.RunMinutes(context, minutes: 20);
        for (int id = 0; id < 3; id++)
        {
            truth.Report(output, id);
            truth.AssertWithin5Percent(id);
        }
    }

    [Fact]
    public void WorkingSet_IsRightAcrossAChangeOfTheIntervals()
    {
        Truth truth = new();
        DamonContext context = new(new(), new SeededRandom(3), truth, Run.Page);
        truth.Add(context, 64 * Mib);
        context.Start();
        truth.RunMinutes(context, minutes: 30);
        context.SetAttributes(new() { SampleUs = 10_000, AggrUs = 200_000 });
        truth.RunMinutes(context, minutes: 30);
        truth.Report(output, 0);
        truth.AssertWithin5Percent(0);
    }

    [Fact]
    public void SameSeed_ReplaysTheRun() => Assert.Equal(Fingerprint(7), Fingerprint(7));

    [Fact]
    public void OtherSeed_IsAnotherRun() => Assert.NotEqual(Fingerprint(7), Fingerprint(8));

    private static ulong Fingerprint(ulong seed)
    {
        Truth truth = new();
        DamonContext context = new(new(), new SeededRandom(seed), truth, Run.Page);
        truth.Add(context, 64 * Mib);
        context.Start();
        truth.RunMinutes(context, minutes: 2);
        return truth.Fingerprint;
    }

    /// <summary>Moves the hot ranges and compares every snapshot with them.</summary>
    private sealed class Truth : IAggregationObserver
    {
        private readonly SeededRandom _places = new(11);
        private readonly List<Workload> _workloads = [];

        public ulong Fingerprint { get; private set; }

        public void Add(DamonContext context, ulong hotSize)
        {
            Workload workload = new(hotSize);
            _workloads.Add(workload);
            context.AddTarget(new FakeAddressSpace($"0-{SpaceSize}"), SimulatedAccesses.Hot(() => workload.Hot));
        }

        public void RunMinutes(DamonContext context, int minutes)
        {
            for (int minute = 0; minute < minutes; minute++)
            {
                foreach (Workload workload in _workloads)
                {
                    ulong start = _places.Next(0, (SpaceSize - workload.HotSize) / Run.Page) * Run.Page;
                    workload.Hot = new(start, start + workload.HotSize);
                }

                context.Passes((int)(60_000_000 / context.Attributes.SampleUs));
            }
        }

        public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
        {
            Workload workload = _workloads[(int)target.TargetId];
            ulong workingSet = 0;
            ulong found = 0;
            foreach (ref readonly DamonRegion region in regions)
            {
                Fingerprint = (Fingerprint * 31) + region.End + region.NrAccesses;
                if (region.NrAccesses > 0)
                {
                    workingSet += region.Size;
                    ulong start = Math.Max(region.Start, workload.Hot.Start);
                    ulong end = Math.Min(region.End, workload.Hot.End);
                    found += end > start ? end - start : 0;
                }
            }

            workload.WorkingSets.Add((double)workingSet / workload.HotSize);
            workload.Recall += (double)found / workload.HotSize;
        }

        public void OnIntervalsTuned(ulong sampleUs)
        {
        }

        public void AssertWithin5Percent(int id)
        {
            Workload workload = _workloads[id];
            Assert.InRange(workload.Percentile(50), 0.95, 1.05);
            Assert.InRange(workload.Percentile(75), 0.95, 1.05);
            Assert.True(workload.Recall / workload.WorkingSets.Count > 0.98, "recall of the hot range");
        }

        public void Report(ITestOutputHelper output, int id)
        {
            Workload workload = _workloads[id];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"target {id}, hot {workload.HotSize / Mib} MiB: snapshots {workload.WorkingSets.Count}, working set / truth p25 {workload.Percentile(25):F4} p50 {workload.Percentile(50):F4} p75 {workload.Percentile(75):F4} p95 {workload.Percentile(95):F4}, mean recall {workload.Recall / workload.WorkingSets.Count:F5}"));
        }
    }

    private sealed class Workload(ulong hotSize)
    {
        public ulong HotSize => hotSize;

        public AddressRange Hot { get; set; }

        public List<double> WorkingSets { get; } = [];

        public double Recall { get; set; }

        public double Percentile(int percent) => WorkingSets.Order().ElementAt(WorkingSets.Count * percent / 100);
    }
}
