using Damon.Trace.Tracer.AccessChecks.HardwareSamples;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>
/// The contract, kept by the way from a perf sample to a page. The source is page faults, which every machine can sample: the target gives
/// its hot pages back before every sweep, so that each of its touches is one.
/// </summary>
public sealed class HardwareSamplesContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override bool SeesMemory => false;

    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch) => ExerciserSubject.Start(touch, Open, "--drop-hot yes");

    private static IAccessCheck Open(TargetProcess target)
    {
        HardwareSamplesCheck? check = HardwareSamplesCheck.TryOpen(target, AddressEvents.PageFaults, "page-faults", out int errno);
        Assert.SkipWhen(check is null, $"perf_event_open: {Errno.Describe(errno)}");
        return check!;
    }
}
