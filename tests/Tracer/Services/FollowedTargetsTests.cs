using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Services;

/// <summary>A monitor whose targets come and go, and what its meter says meanwhile.</summary>
[Trait("Category", "Linux")]
public sealed class FollowedTargetsTests
{
    [Fact]
    public void Targets_ComeAndGoWhileTheyAreMonitored()
    {
        using var folder = new TemporaryDirectory();
        string pids = folder.File("pids");
        using var first = ChildProcess.Start("sleep", "61");
        using var second = ChildProcess.Start("sleep", "61");
        File.WriteAllText(pids, $"{first.Pid}");
        var changes = new ConcurrentQueue<TargetChange>();
        var seen = new ConcurrentDictionary<int, ulong>();
        var gauges = new ConcurrentDictionary<string, double>();
        using MeterListener listener = Listen(gauges);
        using (var monitor = MemoryMonitor.Attach(
            new TargetSelection { PidFiles = [pids], FollowRestarts = true },
            new MonitorOptions { AccessCheck = "referenced-mappings", CpuBudget = null, EmitMetrics = true }))
        {
            monitor.TargetChanged += changes.Enqueue;
            monitor.AddObserver(new SeenTargets(seen));
            monitor.Start();
            WaitFor(() => seen.ContainsKey(first.Pid));

            File.WriteAllText(pids, $"{first.Pid} {second.Pid}");
            WaitFor(() => seen.ContainsKey(second.Pid));
            listener.RecordObservableInstruments();
            Assert.Equal(2, gauges["damon.recorder.targets"]);

            File.WriteAllText(pids, $"{second.Pid}");
            WaitFor(() => changes.Any(change => change.Kind == TargetChangeKind.Left && change.Pid == first.Pid));
            second.Kill();
            WaitFor(() => changes.Any(change => change.Kind == TargetChangeKind.Exited && change.Pid == second.Pid));

            // Nobody is left, and one who comes back is monitored again: with a number of its own.
            File.WriteAllText(pids, $"{first.Pid}");
            WaitFor(() => seen[first.Pid] == 2);
            Assert.False(monitor.Finished.IsCompleted);
        }

        Assert.Equal(
            [TargetChangeKind.Came, TargetChangeKind.Left, TargetChangeKind.Exited, TargetChangeKind.Came], changes.Select(static change => change.Kind));
    }

    /// <summary>A look of 5 ms: 0.5 % of each second, so with a budget of 1 % each second; half of 0.1 % takes one in ten.</summary>
    [Theory]
    [InlineData(null, 5_000_000, 1)]
    [InlineData(0.01, 5_000_000, 1)]
    [InlineData(0.05, 20_000_000, 4)]
    [InlineData(0.001, 5_000_000, 10)]
    public void Looks_AreAsRareAsTheBudgetTakes(double? cpuBudget, long lookNs, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), TargetFollower.PauseAfter(lookNs, cpuBudget));

    private static MeterListener Listen(ConcurrentDictionary<string, double> gauges)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Damon")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => gauges[instrument.Name] = value);
        listener.Start();
        return listener;
    }

    private static void WaitFor(Func<bool> isTrue) => Assert.True(SpinWait.SpinUntil(isTrue, TimeSpan.FromSeconds(30)), "it did not come true");

    /// <summary>The numbers under which processes have had snapshots, the latest of each.</summary>
    private sealed class SeenTargets(ConcurrentDictionary<int, ulong> seen) : ISnapshotObserver
    {
        private readonly Dictionary<ulong, int> _pids = [];

        public int AttachCount => 0;

        public void OnContext(ContextDescription context)
        {
        }

        public void OnTarget(TargetDescription target) => _pids[target.TargetId] = target.Pid;

        public void OnMapping(MappingDescription mapping)
        {
        }

        public void OnAggregated(
            in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates) =>
            seen[_pids[header.TargetId]] = header.TargetId;

        public void OnIntervalsTuned(ulong sampleUs)
        {
        }

        public void OnFootprint(in Footprint footprint)
        {
        }

        public void OnIdle(in Events.IdlePages idle, ReadOnlySpan<IdleRecord> records)
        {
        }
    }
}
