using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.IdlePages;

/// <summary>Idle page tracking of kernels that have it: every folio, but hot pages may hide in the TLB.</summary>
internal sealed class IdlePagesKind : AccessCheckKind
{
    private Capability? _capability;

    /// <inheritdoc/>
    public override string Name => "idle-pages";

    /// <inheritdoc/>
    public override string Summary => "every page or large folio, reads and writes of all who map it; TLB not flushed: undercounts hot pages";

    /// <inheritdoc/>
    public override Capability Probe()
    {
        if (!File.Exists(PageIdle.BitmapPath))
        {
            return Capability.No($"{PageIdle.BitmapPath} is not there", "needs a kernel built with CONFIG_IDLE_PAGE_TRACKING");
        }

        if (!File.Exists(KPageFlags.Path))
        {
            return Capability.No($"{KPageFlags.Path} is not there", "needs a kernel built with CONFIG_PROC_PAGE_MONITOR");
        }

        return Privileges.Has(Privileges.CAP_SYS_ADMIN)
            ? Capability.Yes
            : Capability.No("page frame numbers are hidden from this user", "run as root or with CAP_SYS_ADMIN");
    }

    /// <inheritdoc/>
    public override Capability SelfTest()
    {
        _capability ??= Probe() is { Available: false } refusal ? refusal : IdlePagesSelfTest.Run();
        return _capability;
    }

    /// <inheritdoc/>
    public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings)
    {
        int error = process.Proc.TryOpen("pagemap", O_RDONLY);
        return error == 0
            ? Capability.Yes
            : Capability.No($"/proc/{process.Pid}/pagemap: {Errno.Describe(-error)}", "run as root or with CAP_SYS_PTRACE and CAP_DAC_OVERRIDE");
    }

    /// <inheritdoc/>
    public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings) => new IdlePagesCheck(process);
}
