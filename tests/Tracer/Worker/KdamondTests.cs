using Damon.Trace.Tracer.AccessChecks.Simulated;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class KdamondTests
{
    /// <summary>Without memory there are no regions and no snapshots, yet aggregations end and the target is seen to be gone.</summary>
    [Fact]
    public async Task Kdamond_EndsWhenItsTargetIsGoneBeforeItsMemoryWasSeen()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        var process = TargetProcess.Open(exerciser.Pid);
        exerciser.Kill();
        var nothing = new SimulatedAddressSpace(static () => 0);
        var check = new SimulatedAccessCheck(nothing, static () => 0, new SeededRandom(1));
        var target = new MonitoredTarget(process, new VaddrAddressSpace(process), check);
        using var kdamond = new Kdamond(new KdamondOptions { AccessCheck = "simulated" }, [target], new DamonTracepoint());

        kdamond.Start();

        await kdamond.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, kdamond.Counters.NrSnapshots);
    }
}
