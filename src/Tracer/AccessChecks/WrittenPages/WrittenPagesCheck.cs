using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>
/// The access check `written-pages`: sampled pages are write-protected through a userfaultfd of the target, and the kernel notes the first
/// write to each. Writes only, page by page, exact. A sampled part of a huge page makes the kernel map it by small pages from then on.
/// New mappings are registered when the first sample falls into one. An exec of the target ends it: all later samples are unclearable.
/// </summary>
public sealed class WrittenPagesCheck : IAccessCheck
{
    private const ulong Exists = PagemapScan.Present | PagemapScan.Swapped;

    private readonly SafeFileHandle _userfaultfd;
    private readonly UserfaultfdOrigin _origin;
    private readonly TargetFiles _files;
    private readonly RegisteredMappings _mappings;
    private Prepared[] _prepared = [];
    private bool _isPrepared;

    private WrittenPagesCheck(TargetProcess target, SafeFileHandle userfaultfd, UserfaultfdOrigin origin)
    {
        _userfaultfd = userfaultfd;
        _origin = origin;
        _files = new TargetFiles(target);
        _mappings = new RegisteredMappings(target, userfaultfd);
        _mappings.Update();
        Labels = $"accesses=w granularity=page flushed=yes userfaultfd={origin.ToString().ToLowerInvariant()}";
    }

    private enum Prepared : byte
    {
        Protected,

        /// <summary>No page was there: whatever is there later came since, by a read or by a write.</summary>
        Missing,

        Unclearable,
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <inheritdoc/>
    public string Labels { get; }

    /// <summary>How long the target stood still for an injection; zero where there was none.</summary>
    public TimeSpan Stopped { get; private init; }

    /// <summary>Takes the target's userfaultfd: its own process's, the one it offers, or, where allowed, one it is made to open.</summary>
    /// <param name="target">Stays the caller's.</param>
    /// <param name="allowInjection">The target may be stopped for some milliseconds and made to run two system calls.</param>
    /// <exception cref="TargetUnavailableException">None of these works.</exception>
    public static WrittenPagesCheck Create(TargetProcess target, bool allowInjection)
    {
        ArgumentNullException.ThrowIfNull(target);
        TimeSpan stopped = default;
        SafeFileHandle? file;
        int errno;
        var origin = UserfaultfdOrigin.Own;
        if (target.Pid == Environment.ProcessId)
        {
            file = Userfaultfd.Open(out errno);
        }
        else
        {
            origin = UserfaultfdOrigin.Offered;
            file = OfferedUserfaultfd.TryTake(target, out errno);
            if (file is null && allowInjection)
            {
                origin = UserfaultfdOrigin.Injected;
                file = InjectedUserfaultfd.Take(target, out stopped);
                errno = 0;
            }
        }

        if (file is null || errno != 0)
        {
            throw new TargetUnavailableException(
                $"process {target.Pid} ({target.Comm}) gives no userfaultfd: {Errno.Describe(errno)}", "see docs/access-checks.md");
        }

        // One that an earlier recording has used says EINVAL: its features are ours, or it would not have been taken.
        int result = Userfaultfd.Enable(file, Userfaultfd.AsyncWriteProtection);
        if (result < 0 && origin != UserfaultfdOrigin.Offered)
        {
            file.Dispose();
            throw new TargetUnavailableException(
                $"userfaultfd has no asynchronous write-protection: {Errno.Describe(-result)}", "needs Linux 6.7 or newer");
        }

        return new WrittenPagesCheck(target, file, origin) { Stopped = stopped };
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by one or two system calls per address, 0.3 us each, the second one for pages written since and with a TLB flush. Allocates
    /// only when mappings have changed.
    /// </remarks>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        if (_prepared.Length < addresses.Length)
        {
            _prepared = new Prepared[addresses.Length];
        }

        _isPrepared = !addresses.IsEmpty && _files.Refresh();
        _mappings.NextTick();
        bool mayUpdate = true;
        for (int i = 0; _isPrepared && i < addresses.Length; i++)
        {
            _prepared[i] = Prepare(addresses[i], ref mayUpdate);
        }
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
            if (_prepared[i] == Prepared.Unclearable)
            {
                states[i] = AccessState.Unclearable;
                continue;
            }

            int found = PagemapScan.Read(_files.Pagemap!, PageOf(addresses[i]), Exists, out ulong kinds);
            states[i] = found > 0 ? Judge(_prepared[i], kinds)

                // In a mapping of this window, which is not registered yet.
                : found == -Errno.EPERM && HasPage(addresses[i]) ? AccessState.Unprepared
                : AccessState.NotPresent;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The last descriptor takes all protection with it; one that the target still holds does not.
        if (_origin == UserfaultfdOrigin.Offered)
        {
            _mappings.Unregister();
        }

        _userfaultfd.Dispose();
        _files.Dispose();
    }

    /// <summary>Of a page that came since nobody knows whether it was read or written.</summary>
    private static AccessState Judge(Prepared prepared, ulong kinds) =>
        prepared == Prepared.Missing ? AccessState.Unprepared
        : (kinds & PagemapScan.Written) != 0 ? AccessState.Accessed
        : AccessState.NotAccessed;

    private static ulong PageOf(ulong address) => address & ~((ulong)Unistd.PageSize - 1);

    private bool HasPage(ulong address) => Pagemap.Read(_files.Pagemap!, address, out ulong entry) == sizeof(ulong)
        && (entry & (Pagemap.Present | Pagemap.Swapped)) != 0;

    private Prepared Prepare(ulong address, ref bool mayUpdate)
    {
        if (_mappings.IsRefused(address))
        {
            return Prepared.Unclearable;
        }

        ulong page = PageOf(address);
        int found = PagemapScan.Read(_files.Pagemap!, page, Exists, out ulong kinds);
        if (found == -Errno.EPERM && !HasPage(address))
        {
            return Prepared.Missing;
        }

        if (found == -Errno.EPERM && mayUpdate)
        {
            mayUpdate = false;
            _mappings.Update();
            found = PagemapScan.Read(_files.Pagemap!, page, Exists, out kinds);
        }

        if (found == -Errno.EPERM)
        {
            _mappings.Refuse(address);
            return Prepared.Unclearable;
        }

        if (found <= 0)
        {
            return Prepared.Missing;
        }

        return (kinds & PagemapScan.Written) == 0 || PagemapScan.Protect(_files.Pagemap!, page) >= 0 ? Prepared.Protected : Prepared.Unclearable;
    }
}
