using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept on a real process with clear_refs and smaps.</summary>
public sealed class ReferencedMappingsContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch)
    {
        Capability capability = ReferencedMappingsCheck.Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        return ExerciserSubject.Start(touch, target => new ReferencedMappingsCheck(target));
    }
}
