using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Every page of a process instead of samples: one sweep makes all of them old, and each later reading tells of every populated page
/// whether it was accessed since the sweep. Shared and locked memory included; hugetlb and device memory are unknown. On x86-64 pages of files that
/// the kernel maps around a fault (fault-around) count as accessed in the window in which they appear, though only their neighbour was.
/// Used by one thread; the reader may be shared.
/// </summary>
public sealed class ExactScan : IDisposable
{
    // 0.3 ms of the target's mmap lock a call, held for reading.
    private const ulong PagesPerScan = 32_768;

    private const int PagesPerWalk = 4096;

    private readonly PageTableReader _reader;
    private readonly TargetProcess _process;
    private readonly TargetFiles _files;
    private readonly VaddrAddressSpace _space;
    private readonly FolioReader _folioReader;
    private readonly PagemapScan.Range[] _found = new PagemapScan.Range[1024];
    private readonly ulong[] _addresses = new ulong[PagesPerWalk];
    private readonly ulong[] _leaves = new ulong[PagesPerWalk];
    private readonly int[] _doubtful = new int[PagesPerWalk];
    private readonly LeafEntry[] _doubtfulLeaves = new LeafEntry[PagesPerWalk];
    private readonly Folio[] _folios = new Folio[PagesPerWalk];
    private readonly ExactState[] _states = new ExactState[PagesPerWalk];
    private readonly ExactUnknownReason[] _reasons = new ExactUnknownReason[PagesPerWalk];
    private int _reopened;

    /// <param name="reader">Stays the caller's.</param>
    /// <param name="process">The target; stays the caller's.</param>
    public ExactScan(PageTableReader reader, TargetProcess process)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(process);
        _reader = reader;
        _process = process;
        _files = new TargetFiles(process);
        _space = new VaddrAddressSpace(process);
        _folioReader = new FolioReader(reader);
    }

    /// <summary>What this kernel lacks for a sweep and what would help; null when nothing.</summary>
    public static (string Reason, string Hint)? MissingHere => ClearRefsClearer.CanFlush
        ? null
        : ("every page at once needs a flush of the TLB, which this kernel cannot do without write-protecting the target",
            "needs a kernel without CONFIG_MEM_SOFT_DIRTY; sampling works on this one");

    /// <summary>CLOCK_MONOTONIC time of the latest sweep, in nanoseconds; 0 before the first.</summary>
    public long SweptNs { get; private set; }

    /// <summary>How long the latest sweep took, in nanoseconds; the target's mmap lock was held meanwhile.</summary>
    public long SweepCostNs { get; private set; }

    /// <summary>The accessible mappings of the latest <see cref="Read"/>, in address order: which files the pages belong to.</summary>
    public IReadOnlyList<Mapping> Mappings => _space.Mappings;

    /// <summary>Another program runs in the target since the latest sweep (exec), or none any more; a reading would be refused.</summary>
    internal bool IsReplaced => _files.Refresh() && _files.Reopened != _reopened;

    /// <summary>The target's mappings as they were read last.</summary>
    internal VaddrAddressSpace Space => _space;

    /// <summary>
    /// One sweep, then one reading at the end of each window. All windows begin with the sweep, so each holds the ones before it: the pages
    /// accessed within 100 ms, 1 s, 10 s of it.
    /// </summary>
    /// <param name="reader">Stays the caller's.</param>
    /// <param name="process">The target; stays the caller's.</param>
    /// <param name="windows">Lengths, ascending.</param>
    /// <param name="within">Addresses to look at, ascending and disjoint; null for all accessible memory.</param>
    /// <param name="cancellation">Ends the waiting with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>One result per window.</returns>
    /// <exception cref="TargetUnavailableException">As in <see cref="Sweep"/> and <see cref="Read"/>.</exception>
    public static IReadOnlyList<ExactPages> Run(
        PageTableReader reader, TargetProcess process, IReadOnlyList<TimeSpan> windows, IReadOnlyList<AddressRange>? within = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        using var scan = new ExactScan(reader, process);
        scan.Sweep();
        var results = new List<ExactPages>();
        foreach (TimeSpan window in windows)
        {
            scan.WaitFor(window, cancellation);
            results.Add(scan.Read(within));
        }

        return results;
    }

    /// <summary>Waits until the latest sweep is so long ago.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void WaitFor(TimeSpan window, CancellationToken cancellation)
    {
        TimeSpan elapsed = TimeSpan.FromMicroseconds((Time.GetNs(Time.CLOCK_MONOTONIC) - SweptNs) / 1000);
        if (window > elapsed)
        {
            // Whole milliseconds, rounded up: a wait cuts off the rest, and a window must not be shorter than asked for.
            cancellation.WaitHandle.WaitOne((int)Math.Ceiling((window - elapsed).TotalMilliseconds));
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Makes all pages of the target old and flushes its TLBs: 4 to 35 ms per GB, with its mmap lock held.</summary>
    /// <exception cref="TargetUnavailableException">
    /// It is gone, does not permit it, or the kernel cannot flush its TLBs without write-protecting its pages (soft-dirty is built in).
    /// </exception>
    public void Sweep()
    {
        if (MissingHere is { } missing)
        {
            throw new TargetUnavailableException(missing.Reason, missing.Hint);
        }

        RequireMemory();
        _reopened = _files.Reopened;
        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        int result = new ClearRefsClearer(_process).Clear();
        if (result != 0)
        {
            throw result is -Errno.EACCES or -Errno.EPERM
                ? Refusal.Permission(_process.Pid, _process.Comm, _process.EffectiveUid)
                : Refusal.System(_process.Pid, -result);
        }

        SweptNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        SweepCostNs = SweptNs - begin;
    }

    /// <summary>
    /// Reads every populated page: about 30 ms of CPU per GB of small pages, measured on a machine busy with other things. Takes no bit
    /// away, so that a later reading covers a longer window.
    /// </summary>
    /// <param name="within">Addresses to look at, ascending and disjoint; null for all accessible memory.</param>
    /// <exception cref="TargetUnavailableException">
    /// It is gone, another program runs in it since the sweep (exec), or the kernel has no PAGEMAP_SCAN (before 6.7).
    /// </exception>
    public ExactPages Read(IReadOnlyList<AddressRange>? within = null)
    {
        RequireMemory();
        if (_files.Reopened != _reopened)
        {
            throw new TargetUnavailableException(
                $"process {_process.Pid} became another program in the window", "begin again: nothing is known of the new one");
        }

        var ranges = new List<AddressRange>();
        if (!_space.TryReadMappings(ranges))
        {
            throw Refusal.Exited(_process.Pid, _process.Comm);
        }

        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        var pages = new ExactPagesBuilder();
        foreach (AddressRange range in within ?? ranges)
        {
            ReadRange(_files.Pagemap!, range, pages);
        }

        return pages.Build(begin - SweptNs, Time.GetNs(Time.CLOCK_MONOTONIC) - begin);
    }

    /// <summary>The accessible mappings as they are now, in address order.</summary>
    /// <exception cref="TargetUnavailableException">It is gone.</exception>
    public IReadOnlyList<Mapping> ReadMappings()
    {
        RequireMemory();
        return _space.TryReadMappings([]) ? _space.Mappings : throw Refusal.Exited(_process.Pid, _process.Comm);
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    private void RequireMemory()
    {
        if (!_files.Refresh())
        {
            throw _files.IsGone ? Refusal.Exited(_process.Pid, _process.Comm) : Refusal.System(_process.Pid, _files.LatestErrno);
        }
    }

    private void ReadRange(SafeFileHandle pagemap, AddressRange range, ExactPagesBuilder pages)
    {
        for (ulong start = range.Start; start < range.End;)
        {
            int found = PagemapScan.FindPresent(
                (int)pagemap.DangerousGetHandle(), start, range.End, PagemapScan.ZeroPage, PagesPerScan, _found, out ulong walkEnd);
            if (found == -Errno.EINTR)
            {
                continue;
            }

            if (found < 0)
            {
                throw found == -Errno.ENOTTY
                    ? new TargetUnavailableException("this kernel cannot list populated pages", "needs Linux 6.7 or newer")
                    : Refusal.System(_process.Pid, -found);
            }

            foreach (ref readonly PagemapScan.Range populated in _found.AsSpan(0, found))
            {
                Walk(pagemap, populated.Start, populated.End, pages);
            }

            if (walkEnd <= start)
            {
                break;
            }

            start = walkEnd;
        }
    }

    private void Walk(SafeFileHandle pagemap, ulong start, ulong end, ExactPagesBuilder pages)
    {
        ulong pageSize = (ulong)Unistd.PageSize;
        while (start < end)
        {
            int count = (int)Math.Min(PagesPerWalk, (end - start) / pageSize);
            for (int i = 0; i < count; i++)
            {
                _addresses[i] = start + ((ulong)i * pageSize);
            }

            if (_reader.Walk(pagemap, _addresses.AsSpan(0, count), _leaves) != 0)
            {
                throw Refusal.Exited(_process.Pid, _process.Comm);
            }

            Judge(count);
            for (int i = 0; i < count; i++)
            {
                // What is gone since it was listed is no memory any more.
                var leaf = new LeafEntry(_leaves[i]);
                if (leaf.IsMapped)
                {
                    pages.Add(_addresses[i], _states[i], _reasons[i], isHuge: leaf.Level == 2);
                }
            }

            start += (ulong)count * pageSize;
        }
    }

    /// <summary>
    /// Nearly every leaf speaks for itself. In doubt are huge ones, which may be hugetlb, and those whose bit another sampler took: PG_young
    /// is all that is left of it, and it does not tell which page of a large folio was accessed, nor by whom.
    /// </summary>
    private void Judge(int count)
    {
        int doubtful = 0;
        for (int i = 0; i < count; i++)
        {
            var leaf = new LeafEntry(_leaves[i]);
            _reasons[i] = leaf.IsSpecial ? ExactUnknownReason.Device : ExactUnknownReason.HugeTlb;
            _states[i] = leaf.IsSpecial || leaf.Level == 3 ? ExactState.Unknown
                : leaf.IsAccessed ? ExactState.Touched
                : ExactState.Untouched;
            if (leaf.IsMapped && !leaf.IsSpecial && (leaf.Level == 2 || (leaf.Level == 1 && leaf.IsRecovered)))
            {
                _doubtful[doubtful] = i;
                _doubtfulLeaves[doubtful++] = leaf;
            }
        }

        _folioReader.Describe(_doubtfulLeaves.AsSpan(0, doubtful), _folios);
        for (int d = 0; d < doubtful; d++)
        {
            ref readonly Folio folio = ref _folios[d];
            bool isOwn = folio.IsKnown && !folio.IsHugetlb
                && (_doubtfulLeaves[d].IsAccessed || !_doubtfulLeaves[d].IsRecovered
                    || (folio.MapCount == 1 && (!folio.IsLarge || _doubtfulLeaves[d].Level == 2)));
            _reasons[_doubtful[d]] = !folio.IsKnown ? ExactUnknownReason.NotDescribed
                : folio.IsHugetlb ? ExactUnknownReason.HugeTlb
                : ExactUnknownReason.OtherSampler;
            _states[_doubtful[d]] = !isOwn ? ExactState.Unknown
                : _doubtfulLeaves[d].IsYoung ? ExactState.Touched
                : ExactState.Untouched;
        }
    }
}
