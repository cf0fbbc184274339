using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>Write-protection by userfaultfd: written pages of processes that help, or are made to.</summary>
internal sealed class WrittenPagesKind : AccessCheckKind
{
    private const int Pages = 64;

    private Capability? _capability;

    /// <inheritdoc/>
    public override string Name => "written-pages";

    /// <inheritdoc/>
    public override string Summary => "every page, writes only, exact windows; of processes that offer a userfaultfd, or with --allow-injection";

    /// <inheritdoc/>
    public override bool IsChosenByAuto => false;

    /// <inheritdoc/>
    public override Capability Probe()
    {
        // A descriptor that no memory is registered with changes nothing anywhere.
        using SafeFileHandle file = Userfaultfd.Open(out int errno);
        if (errno != 0)
        {
            return Capability.No($"userfaultfd: {Errno.Describe(errno)}", "needs Linux 6.7 or newer with CONFIG_USERFAULTFD");
        }

        int result = Userfaultfd.Enable(file, Userfaultfd.AsyncWriteProtection);
        return result == 0
            ? Capability.Yes
            : Capability.No(
                $"userfaultfd has no asynchronous write-protection: {Errno.Describe(-result)}",
                "needs Linux 6.7 or newer, on x86-64 or arm64 with CONFIG_HAVE_ARCH_USERFAULTFD_WP");
    }

    /// <inheritdoc/>
    public override Capability SelfTest()
    {
        _capability ??= Probe() is { Available: false } refusal ? refusal : TestScratch();
        return _capability;
    }

    /// <inheritdoc/>
    public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings)
    {
        if (process.Pid == Environment.ProcessId)
        {
            return Capability.Yes;
        }

        using SafeFileHandle? offered = OfferedUserfaultfd.TryTake(process, out int errno);
        if (offered is not null)
        {
            return Capability.Yes;
        }

        if (errno != Errno.ENOENT)
        {
            return Capability.No(
                $"the userfaultfd of process {process.Pid} ({process.Comm}) may not be taken: {Errno.Describe(errno)}",
                "run as root or with CAP_SYS_PTRACE; see /proc/sys/kernel/yama/ptrace_scope");
        }

        return settings.AllowInjection
            ? InjectedUserfaultfd.Probe(process)
            : Capability.No(
                $"process {process.Pid} ({process.Comm}) offers no userfaultfd",
                "docs/access-checks.md tells how a process offers one; --allow-injection stops it for a moment and makes it open one");
    }

    /// <inheritdoc/>
    public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings) =>
        WrittenPagesCheck.Create(process, settings.AllowInjection);

    private static Capability TestScratch() => OwnProcessTest.Run(Attempt);

    private static Capability Attempt(TargetProcess self)
    {
        using var scratch = new ScratchMapping(Pages);
        for (int page = 0; page < Pages; page++)
        {
            scratch[page] = 1;
        }

        using var check = WrittenPagesCheck.Create(self, allowInjection: false);
        return ScratchTest.Run(check, scratch, Pages);
    }
}
