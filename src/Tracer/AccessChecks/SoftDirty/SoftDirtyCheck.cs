using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.SoftDirty;

/// <summary>
/// The access check `soft-dirty`: pages written since the kernel's soft-dirty bits were cleared. Writes only. Clearing write-protects the
/// whole address space and flushes its TLBs: every page costs its first writer a fault, and whoever else uses the bits (CRIU, live
/// migration of containers) loses them.
/// </summary>
public sealed class SoftDirtyCheck : IAccessCheck
{
    private readonly TargetProcess _target;
    private readonly TargetFiles _files;
    private bool _isPrepared;

    /// <summary>Opens a target; it stays the caller's.</summary>
    /// <exception cref="TargetUnavailableException">The system does not permit it for this process.</exception>
    public SoftDirtyCheck(TargetProcess target)
    {
        ArgumentNullException.ThrowIfNull(target);
        int error = target.Proc.TryOpen("clear_refs", O_WRONLY);
        if (error < 0)
        {
            throw error is -Errno.EACCES or -Errno.EPERM
                ? Refusal.Permission(target.Pid, target.Comm, target.EffectiveUid)
                : Refusal.System(target.Pid, -error);
        }

        _target = target;
        _files = new TargetFiles(target);
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <inheritdoc/>
    public string Labels => "accesses=w granularity=page flushed=yes conflicts=criu";

    /// <inheritdoc/>
    /// <remarks>Bounded by the size of the target: every page table of it is walked, with its mmap lock held. No allocations.</remarks>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        // One write makes the whole address space clean, whatever was asked for.
        _isPrepared = !addresses.IsEmpty && _target.Proc.Write("clear_refs", "4"u8) == 0;
    }

    /// <inheritdoc/>
    /// <remarks>Bounded by one system call per address, 0.3 us. No allocations.</remarks>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        states.Fill(AccessState.NotPresent);
        if (!_isPrepared || !_files.Refresh())
        {
            return;
        }

        for (int i = 0; i < addresses.Length; i++)
        {
            // A new mapping has the bit on all its pages, those that do not exist included.
            if (Pagemap.Read(_files.Pagemap!, addresses[i], out ulong entry) == sizeof(ulong)
                && (entry & (Pagemap.Present | Pagemap.Swapped)) != 0)
            {
                states[i] = (entry & Pagemap.SoftDirty) != 0 ? AccessState.Accessed : AccessState.NotAccessed;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();
}
