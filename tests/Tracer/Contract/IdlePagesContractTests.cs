using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.IdlePages;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept on a real process with idle page tracking.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
public sealed class IdlePagesContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch)
    {
        Capability capability = new IdlePagesKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        return ExerciserSubject.Start(touch, target => new IdlePagesCheck(target));
    }
}
