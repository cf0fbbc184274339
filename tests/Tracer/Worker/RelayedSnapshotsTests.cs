using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class RelayedSnapshotsTests
{
    private static readonly KernelKdamond s_first = new(77, "kdamond.0", null, "paddr", [], "");
    private static readonly KernelKdamond s_second = new(88, "kdamond.1", null, "paddr", [], "");

    [Fact]
    public void SnapshotsOfTwoKdamondsAreRelayedOneAfterTheOther() => Assert.Equal(
        [
            "context kdamond.1", "relayed 88 cpu 1 2 events at 20: 0 2", "aggregated 0", "aggregated 4096",
            "context kdamond.0", "relayed 77 cpu 0 2 events at 10: 0 15", "aggregated 0", "aggregated 4096",
        ],
        Relay(snapshots =>
        {
            Report(snapshots, s_first, 0, 10, 2, 0);
            Report(snapshots, s_second, 1, 20, 2, 0);
            Report(snapshots, s_second, 1, 22, 2, 4096);
            Report(snapshots, s_first, 0, 25, 2, 4096);
        }));

    [Fact]
    public void ASnapshotThatMovesToAnotherCpuIsAnnouncedInTwoParts() => Assert.Equal(
        [
            "context kdamond.0", "relayed 77 cpu 0 1 events at 10: 0", "aggregated 0",
            "relayed 77 cpu 1 1 events at 11: 0", "aggregated 4096",
        ],
        Relay(snapshots =>
        {
            Report(snapshots, s_first, 0, 10, 2, 0);
            Report(snapshots, s_first, 1, 11, 2, 4096);
        }));

    [Fact]
    public void WhatTheKernelDroppedLeavesAnIncompleteSnapshot() => Assert.Equal(
        [
            "context kdamond.0", "relayed 77 cpu 0 1 events at 10: 0", "aggregated 4096",
            "relayed 77 cpu 0 1 events at 30: 0", "aggregated 0",
        ],
        Relay(snapshots =>
        {
            Report(snapshots, s_first, 0, 10, 2, 4096);
            Report(snapshots, s_first, 0, 30, 2, 0);
            snapshots.Flush();
        }));

    private static void Report(RelayedSnapshots snapshots, KernelKdamond kdamond, uint cpu, ulong timestampNs, uint nrRegions, ulong start) =>
        snapshots.OnAggregated(
            new KernelEvent(kdamond, cpu, timestampNs), new DamonAggregated { NrRegions = nrRegions, Start = start, End = start + 4096 });

    private static List<string> Relay(Action<RelayedSnapshots> report)
    {
        using var listener = ProviderLines.Listen();
        report(new RelayedSnapshots(new DamonTracepoint(), new RecorderCounters()));
        return listener.Lines;
    }
}
