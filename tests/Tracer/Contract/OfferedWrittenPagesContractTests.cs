using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.WrittenPages;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept with a userfaultfd that the process offers.</summary>
public sealed class OfferedWrittenPagesContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override bool SeesReads => false;

    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch)
    {
        Capability capability = new WrittenPagesKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        return ExerciserSubject.Start(
            touch, static target => WrittenPagesCheck.Create(target, allowInjection: false), "--offer-userfaultfd yes");
    }
}
