using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.SoftDirty;

/// <summary>Soft-dirty bits of kernels that have them: written pages, without privileges for one's own processes.</summary>
internal sealed class SoftDirtyKind : AccessCheckKind
{
    private const int Pages = 64;

    private Capability? _capability;

    /// <inheritdoc/>
    public override string Name => "soft-dirty";

    /// <inheritdoc/>
    public override string Summary => "every page, writes only; write-protects the whole target in every sample; not beside CRIU";

    /// <inheritdoc/>
    public override bool IsChosenByAuto => false;

    /// <inheritdoc/>
    public override Capability Probe() => SoftDirtyBits.MayBeBuiltIn
        ? Capability.Yes
        : Capability.No("this kernel has no soft-dirty bits", "needs a kernel built with CONFIG_MEM_SOFT_DIRTY");

    /// <inheritdoc/>
    public override Capability SelfTest()
    {
        _capability ??= Probe() is { Available: false } refusal ? refusal : TestScratch();
        return _capability;
    }

    /// <inheritdoc/>
    public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings)
    {
        try
        {
            using var check = new SoftDirtyCheck(process);
            return Capability.Yes;
        }
        catch (TargetUnavailableException error)
        {
            return Capability.No(error.Message, error.Hint);
        }
    }

    /// <inheritdoc/>
    public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings) => new SoftDirtyCheck(process);

    private static Capability TestScratch() => OwnProcessTest.Run(Attempt);

    private static Capability Attempt(TargetProcess self)
    {
        using var scratch = new ScratchMapping(Pages);
        for (int page = 0; page < Pages; page++)
        {
            scratch[page] = 1;
        }

        using var check = new SoftDirtyCheck(self);
        return ScratchTest.Run(check, scratch, Pages);
    }
}
