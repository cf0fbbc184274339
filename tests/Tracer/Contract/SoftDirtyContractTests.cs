using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.SoftDirty;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept on a real process with soft-dirty bits.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
public sealed class SoftDirtyContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override bool SeesReads => false;

    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch)
    {
        Capability capability = new SoftDirtyKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        return ExerciserSubject.Start(touch, target => new SoftDirtyCheck(target));
    }
}
