using Damon.Trace.Tracer.AccessChecks.SoftDirty;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

/// <summary>
/// Tells accessed mappings by /proc/PID/clear_refs and the <c>Referenced:</c> lines of /proc/PID/smaps. Coarse, a mapping is accessed or
/// not as a whole, but it needs no privilege for one's own processes.
/// <para>
/// Clearing does not flush the TLB, so hot pages whose translations stay cached would look idle. Writing 4 to clear_refs afterwards flushes
/// it; that is done only where the kernel is built without soft-dirty bits, because otherwise it also write-protects every page.
/// </para>
/// <para>
/// Cost per pass and GB of 4 KiB pages: about 4-12 ms to clear, with the target's mmap lock held, and about as much to read. Pages of
/// files may read as referenced because another process used them.
/// </para>
/// </summary>
public sealed class ReferencedMappingsCheck : IAccessCheck
{
    private readonly TargetProcess _target;
    private readonly bool _flushes;
    private byte[] _smaps = new byte[256 * 1024];

    /// <summary>Prepares the check; the target stays the caller's.</summary>
    /// <exception cref="TargetUnavailableException">The system does not permit it for this process or has no such files.</exception>
    public ReferencedMappingsCheck(TargetProcess target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _flushes = !SoftDirtyBits.MayBeBuiltIn;
        Labels = $"accesses=rw granularity=mapping flushed={(_flushes ? "yes" : "no")} file-pages=any-process zero-page=unseen";
        RequireAccess("smaps", O_RDONLY);
        RequireAccess("clear_refs", O_WRONLY);
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Mapping;

    /// <summary>What must be known to read the numbers: <c>key=value</c> pairs.</summary>
    public string Labels { get; }

    /// <summary>Looks whether this system has what the check needs, without clearing anything.</summary>
    public static Capability Probe()
    {
        using ProcDirectory? self = ProcDirectory.Open(Environment.ProcessId, out int errno);
        if (self is null)
        {
            return Capability.No($"/proc cannot be read: {Errno.Describe(errno)}", "mount procfs at /proc");
        }

        if (self.TryOpen("smaps", O_RDONLY) < 0 || self.TryOpen("clear_refs", O_WRONLY) < 0)
        {
            return Capability.No("/proc/PID has no smaps and clear_refs", "needs a kernel with CONFIG_PROC_PAGE_MONITOR");
        }

        return Capability.Yes;
    }

    /// <summary>Tries the check on two scratch mappings of this very process; clears this process's own accessed bits.</summary>
    public static Capability SelfTest()
    {
        Capability probe = Probe();
        return probe.Available ? ReferencedMappingsSelfTest.Run() : probe;
    }

    /// <inheritdoc/>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        // One write makes the whole address space old, whatever was asked for. A target that is gone reads as not accessed later on.
        if (!addresses.IsEmpty && _target.Proc.Write("clear_refs", "1"u8) == 0 && _flushes)
        {
            _ = _target.Proc.Write("clear_refs", "4"u8);
        }
    }

    /// <inheritdoc/>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        states.Fill(AccessState.NotPresent);
        if (addresses.IsEmpty)
        {
            return;
        }

        // The buffer grows to the size of the text once; nothing else is allocated.
        int length = _target.Proc.ReadAll("smaps", ref _smaps);
        if (length > 0)
        {
            SmapsScanner.Read(_smaps.AsSpan(0, length), addresses, states);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is kept open between two passes.
    }

    private void RequireAccess(string file, int flags)
    {
        int error = _target.Proc.TryOpen(file, flags);
        if (error is -Errno.EACCES or -Errno.EPERM)
        {
            throw Refusal.Permission(_target.Pid, _target.Comm, _target.EffectiveUid);
        }

        if (error is -Errno.ENOENT && !_target.HasExited)
        {
            Capability missing = Probe();
            throw new TargetUnavailableException(
                missing.Reason ?? $"/proc/{_target.Pid}/{file} is missing", missing.Hint ?? "try another access check");
        }

        if (error < 0)
        {
            throw error is -Errno.ENOENT or -Errno.ESRCH ? Refusal.Exited(_target.Pid, _target.Comm) : Refusal.System(_target.Pid, -error);
        }
    }
}
