using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tests.Kernel.Driving;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

/// <summary>What a recording that drives the kernel relays of what it hears.</summary>
public sealed class DrivenContextTests : IDisposable
{
    private const int Tid = 501;

    private readonly FakeProc _proc = new();
    private readonly DrivenContext _context = DrivenContext.Open(
        new KernelContext(KernelContext.Vaddr, new DamonAttributes(), [Environment.ProcessId], []));

    public DrivenContextTests() =>
        Assert.False(_context.Start(new KernelDamon(new ModelSysfs { NextTid = Tid }, _proc.Threads, new OwnershipFile(_proc.StateDirectory))));

    public void Dispose()
    {
        _context.Dispose();
        _proc.Dispose();
    }

    [Fact]
    public void OnlyItsOwnKdamondIsRelayed()
    {
        List<string> lines = Relay(snapshots =>
        {
            Report(snapshots, Kdamond(77, 5_000), 10);
            snapshots.OnIntervalsTuned(new KernelEvent(Kdamond(77, 5_000), 0, 15), new MonitorIntervalsTune { SampleUs = 7 });
            Report(snapshots, Kdamond(Tid, 5_000), 20);
        });
        Assert.Equal($"relayed {Tid} cpu 0 1 events at 20: 0", Assert.Single(lines, line => line.StartsWith("relayed", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.StartsWith("tuned", StringComparison.Ordinal));
    }

    [Fact]
    public void TheTargetIsDescribedWithItsMappingsOnce()
    {
        KernelKdamond kdamond = Kdamond(Tid, 5_000);
        List<string> lines = Relay(snapshots =>
        {
            Report(snapshots, kdamond, 20);
            Report(snapshots, kdamond, 30);
        });
        Assert.Equal($"target 0 is {Environment.ProcessId}", Assert.Single(lines, line => line.StartsWith("target", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("mapping of 0: ", StringComparison.Ordinal) && line.Contains(".so", StringComparison.Ordinal));
        Assert.True(lines.FindLastIndex(line => line.StartsWith("mapping", StringComparison.Ordinal)) < lines.FindIndex(line => line.StartsWith("relayed", StringComparison.Ordinal)));
    }

    /// <summary>The kernel fires no event for a commit: the changed settings are told before the first snapshot that has them.</summary>
    [Fact]
    public void SettingsThatWereTunedByHandAreTold()
    {
        List<string> lines = Relay(snapshots =>
        {
            Report(snapshots, Kdamond(Tid, 5_000), 20);
            Report(snapshots, Kdamond(Tid, 10_000), 30);
            Report(snapshots, Kdamond(Tid, 10_000), 40);
        });
        Assert.Single(lines, line => line == "tuned to 10000");
        Assert.True(lines.IndexOf($"relayed {Tid} cpu 0 1 events at 20: 0") < lines.IndexOf("tuned to 10000"));
        Assert.True(lines.IndexOf("tuned to 10000") < lines.LastIndexOf($"relayed {Tid} cpu 0 1 events at 30: 0"));
    }

    /// <summary>The kernel's own tuning has its event, which is relayed once.</summary>
    [Fact]
    public void SettingsThatTheKernelTunedAreToldOnce()
    {
        List<string> lines = Relay(snapshots =>
        {
            Report(snapshots, Kdamond(Tid, 5_000), 20);
            KernelKdamond tuned = Kdamond(Tid, 8_000);
            snapshots.OnIntervalsTuned(new KernelEvent(tuned, 0, 25), new MonitorIntervalsTune { SampleUs = 8_000 });
            Report(snapshots, tuned, 30);
        });
        Assert.Single(lines, line => line.StartsWith("tuned", StringComparison.Ordinal));
    }

    private static KernelKdamond Kdamond(int tid, ulong sampleUs) => new(
        tid, "kdamond.0", new ContextAttributes { SampleUs = sampleUs, AggrUs = 20 * sampleUs }, "vaddr", [Environment.ProcessId], "kdamonds/0");

    private static void Report(RelayedSnapshots snapshots, KernelKdamond kdamond, ulong timestampNs) => snapshots.OnAggregated(
        new KernelEvent(kdamond, 0, timestampNs), new DamonAggregated { NrRegions = 1, Start = 0, End = 4096 });

    private List<string> Relay(Action<RelayedSnapshots> report)
    {
        using var lines = ProviderLines.Listen();
        report(new RelayedSnapshots(new DamonTracepoint(), new RecorderCounters(), _context));
        return lines.Lines;
    }
}
