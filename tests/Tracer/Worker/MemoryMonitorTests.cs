using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.Worker;

[Collection(OwnMemoryBits.Name)]
public sealed class MemoryMonitorTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>16 MB that are used all the time of 64: the first byte in the middle of them is hot once regions have had time to adapt.</summary>
    [Fact]
    public async Task Snapshots_FindTheHotRangeOfAnotherProcess()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 64M --hot 16M --warm 0");
        using MemoryMonitor monitor = MemoryMonitor.Attach(exerciser.Pid);
        Assert.SkipWhen(monitor.AccessCheck.Kind.Granularity == AccessGranularity.Mapping, monitor.AccessCheck.Refusals ?? "");
        TruthRange hot = exerciser["hot"];
        ulong middle = hot.Start + ((hot.End - hot.Start) / 2);
        using var patience = new CancellationTokenSource(s_patience);

        MemoryRegion found = default;
        await foreach (MemorySnapshot snapshot in monitor.Snapshots(patience.Token))
        {
            Assert.Equal(exerciser.Pid, snapshot.Pid);
            Assert.Equal(snapshot.Regions.OrderBy(region => region.Start), snapshot.Regions);
            found = snapshot.Regions.FirstOrDefault(region => region.Start <= middle && middle < region.End);
            if (found.NrAccesses > snapshot.NrChecks / 2 && found.Size < 2 * (hot.End - hot.Start))
            {
                break;
            }
        }

        Assert.Equal(TimeSpan.Zero, found.Idle);
        Assert.True(found.FrequencyHz > 0);
        Assert.NotNull(found.MappingName);
        Assert.InRange(found.TouchedBytes, 1UL, found.ResidentBytes);
    }

    [Fact]
    public async Task Snapshots_EndWithTheProcess()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 4M --hot 1M --warm 0");
        await using MemoryMonitor monitor = MemoryMonitor.Attach(exerciser.Pid);
        using var patience = new CancellationTokenSource(s_patience);
        int count = 0;

        await foreach (MemorySnapshot _ in monitor.Snapshots(patience.Token))
        {
            if (++count == 3)
            {
                exerciser.Kill();
            }
        }

        await monitor.Finished;
        Assert.True(count >= 3);
        Assert.Throws<InvalidOperationException>(() => monitor.Snapshots(patience.Token));
    }

    /// <summary>Names are asked for after the access check is chosen and before targets are opened: it exits in between.</summary>
    [Fact]
    public void ProcessThatExitsWhileItIsProbed_IsUnavailable()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        MonitorOptions options = Killing(exerciser);

        TargetUnavailableException refusal = Assert.Throws<TargetUnavailableException>(() => MemoryMonitor.Attach(exerciser.Pid, options));

        Assert.Contains("has exited", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The same with one of two that nobody named by its id: the service is monitored without it.</summary>
    [Fact]
    public void ProcessOfAServiceThatExitsWhileItIsProbed_IsLeftOut()
    {
        using var folder = new TemporaryDirectory();
        using ExerciserProcess gone = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        using ExerciserProcess living = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        File.WriteAllText(folder.File("pids"), $"{gone.Pid} {living.Pid}");
        MonitorOptions options = Killing(gone);

        using var monitor = MemoryMonitor.Attach(new TargetSelection { PidFiles = [folder.File("pids")] }, options);

        Assert.Equal(living.Pid, Assert.Single(monitor.Targets).Process.Pid);
    }

    private static MonitorOptions Killing(ExerciserProcess exerciser) => new()
    {
        Names = _ =>
        {
            exerciser.Kill();
            return [];
        },
    };

    /// <summary>A buffer of one, and nobody takes: all but the newest are dropped, and the one that is delivered says how many were before it.</summary>
    [Fact]
    public async Task Snapshots_DroppedAreCountedAndTold()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 4M --hot 1M --warm 0");
        var options = new MonitorOptions { MaxWaitingSnapshots = 1, CpuBudget = null, Attributes = new DamonAttributes { AggrUs = 20_000 } };
        await using MemoryMonitor monitor = MemoryMonitor.Attach(exerciser.Pid, options);
        using var patience = new CancellationTokenSource(s_patience);
        IAsyncEnumerable<MemorySnapshot> snapshots = monitor.Snapshots(patience.Token);
        while (monitor.Counters.NrSnapshots < 5)
        {
            await Task.Delay(20, patience.Token);
        }

        monitor.Stop();
        await monitor.Finished;
        List<MemorySnapshot> delivered = [];
        await foreach (MemorySnapshot snapshot in snapshots)
        {
            delivered.Add(snapshot);
        }

        MemorySnapshot only = Assert.Single(delivered);
        Assert.Equal(monitor.Counters.NrSnapshots - 1, only.NrDroppedBefore);
        Assert.Equal(only.NrDroppedBefore, monitor.NrDropped);
    }

    /// <summary>The callback sees what a copy would say, and nothing is copied for nobody.</summary>
    [Fact]
    public async Task Observer_SeesThisProcessItself()
    {
        await using MemoryMonitor monitor = MemoryMonitor.Attach(Environment.ProcessId);
        var seen = new TaskCompletionSource<(uint Regions, int Length)>(TaskCreationOptions.RunContinuationsAsynchronously);
        monitor.AddObserver((in SnapshotHeader header, in SnapshotMemory _, ReadOnlySpan<DamonRegion> regions) =>
            seen.TrySetResult((header.NrRegions, regions.Length)));

        monitor.Start();

        (uint told, int length) = await seen.Task.WaitAsync(s_patience);
        Assert.Equal(told, (uint)length);
        Assert.True(length > 0);
        Assert.Equal(0, monitor.NrDropped);
        Assert.Throws<InvalidOperationException>(() => monitor.AddObserver(
            (in SnapshotHeader _, in SnapshotMemory _, ReadOnlySpan<DamonRegion> _) => { }));
    }

    [Fact]
    public async Task Observer_ThatThrowsEndsTheMonitoring()
    {
        await using MemoryMonitor monitor = MemoryMonitor.Attach(Environment.ProcessId);
        monitor.AddObserver((in SnapshotHeader _, in SnapshotMemory _, ReadOnlySpan<DamonRegion> _) =>
            throw new InvalidOperationException("enough"));
        using var patience = new CancellationTokenSource(s_patience);

        async Task ReadAsync()
        {
            await foreach (MemorySnapshot _ in monitor.Snapshots(patience.Token))
            {
            }
        }

        Assert.Equal("enough", (await Assert.ThrowsAsync<InvalidOperationException>(ReadAsync)).Message);
        Assert.Equal("enough", (await Assert.ThrowsAsync<InvalidOperationException>(() => monitor.Finished)).Message);
    }

    [Fact]
    public void Refusals_AreOneKindOfException()
    {
        Assert.IsType<TargetUnavailableException>(Assert.ThrowsAny<DamonTraceException>(() => MemoryMonitor.Attach(int.MaxValue)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryMonitor.Attach([]));
        Assert.Throws<ArgumentException>(() => MemoryMonitor.Attach(Environment.ProcessId, new MonitorOptions { AccessCheck = "guess" }));
        var impossible = new MonitorOptions { Attributes = new DamonAttributes { MinNrRegions = 100, MaxNrRegions = 10 } };
        Assert.Throws<ArgumentException>(() => MemoryMonitor.Attach(Environment.ProcessId, impossible));
    }

    /// <summary>What Attach has opened is closed whatever becomes of the monitor, and twice is once.</summary>
    [Fact]
    public void Dispose_LetsGoOfProcessesThatWereNeverMonitored()
    {
        MemoryMonitor monitor = MemoryMonitor.Attach(Environment.ProcessId);
        TargetProcess process = monitor.Targets[0].Process;

        monitor.Dispose();
        monitor.Dispose();

        Assert.True(process.PidFd.IsClosed);
        Assert.True(monitor.Finished.IsCompletedSuccessfully);
        Assert.Throws<ObjectDisposedException>(monitor.Start);
    }
}
