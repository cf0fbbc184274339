using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// The access check `access-bits`: reads accessed bits straight from the target's page tables and clears them with a TLB flush,
/// page by page (whole folios). Pages that cannot be cleared so (mapped more than once, locked, on no reclaim list) are seen in windows
/// that a sweep opened: clear_refs for the whole target. Reads and writes count alike. Used by one thread; the reader may be shared.
/// </summary>
public sealed class AccessBitsCheck : IAccessCheck, IYoungPages
{
    // Little anonymous memory that needs sweeps is not worth that all of it is made old each time.
    private const double WorthwhileAnonymousShare = 0.05;
    private const int SweepsPerFullOne = 16;

    private const int ShareOfIntervalForClearing = 4;
    private const long ShortestIntervalToHopNs = 20_000_000;

    // Its mmap lock is held for 4 to 12 ms per GB meanwhile.
    private const ulong LargestToStartOldBytes = 2UL << 30;

    // Weight of the newest of the intervals that are averaged: follows a change within a few ticks, ignores one that came late.
    private const int IntervalSmoothing = 4;

    // Large targets are made old with this share of the interval, and not longer than that.
    private const int ShareOfIntervalForSlices = 8;
    private const long LongestSliceNs = 4_000_000;

    // How long pages that only a sweep makes old are expected to be met again.
    private const long SweptLatelyNs = 10_000_000_000;

    private readonly PageTableReader _reader;
    private readonly TargetProcess _process;
    private readonly TargetFiles _files;
    private readonly RefusedMappings _refused = new();
    private readonly LruDrain _drain = new();
    private readonly ClearPlan _plan;
    private readonly ColdClearer _cold;
    private readonly ColdPass _pass;
    private readonly YoungPages _followed;
    private readonly ClearRefsClearer _clearRefs;
    private readonly AccessBitsLabels _labels;
    private readonly bool? _mayHop;
    private readonly long? _clearLimitNs;
    private readonly long _takeLimitNs;
    private readonly long _firstIntervalNs;
    private OldSlices? _slices;
    private bool _hasCold;
    private bool _hasClearRefs;
    private long _intervalNs;
    private ulong[] _leaves = [];
    private long _latestBeginNs;
    private long _metSweptNs;
    private int _knownReopened;
    private bool _isReadable;
    private bool _isJustSwept;
    private SweepScope _swept;
    private int _sweeps;
    private WindowOpening _opening;

    /// <summary>
    /// Opens a target. Whether it may be read and cleared is asked beforehand with <see cref="AccessBitsCapability.ProbeTarget"/>.
    /// </summary>
    /// <param name="reader">The process's reader; stays the caller's.</param>
    /// <param name="process">The target; stays the caller's. When it is gone, every address is not present.</param>
    /// <param name="samplingInterval">Time from one MakeOld to the next: bounds how long clearing may take. Longer ones are noticed.</param>
    /// <param name="options">Null for the defaults.</param>
    public AccessBitsCheck(PageTableReader reader, TargetProcess process, TimeSpan samplingInterval, AccessBitsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(process);
        options ??= new AccessBitsOptions();
        _reader = reader;
        _process = process;
        _files = new TargetFiles(process);
        _plan = new ClearPlan(reader, _files, _refused, _drain);
        _cold = new ColdClearer(process.PidFd);
        _pass = new ColdPass(process, _cold);
        _followed = new YoungPages(reader, new ClearPlan(reader, _files, _refused, _drain), new ColdPass(process, _cold), _cold);
        _clearRefs = new ClearRefsClearer(process);
        _labels = new AccessBitsLabels(reader.RecoversYoung, _plan.KeepsLargeFolios);
        _firstIntervalNs = samplingInterval.Ticks * TimeSpan.NanosecondsPerTick;
        _intervalNs = _firstIntervalNs;
        _hasCold = options.Clearer != ClearerKind.ClearRefs && reader.KnowsFolios;
        _hasClearRefs = options.Clearer != ClearerKind.Cold && ClearRefsClearer.MayWrite(process);
        _mayHop = options.HopToTargetCpu;
        _clearLimitNs = options.ClearTimeLimit is { } limit ? limit.Ticks * TimeSpan.NanosecondsPerTick : null;
        _takeLimitNs = options.TakeTimeLimit.Ticks * TimeSpan.NanosecondsPerTick;
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <summary>What it did so far.</summary>
    public AccessBitsCounters Counters { get; } = new();

    /// <summary>The target has exited.</summary>
    public bool TargetGone => _files.IsGone;

    /// <summary>No clearer is allowed on this target: every young address is unprepared.</summary>
    public bool CannotClear => !_hasCold && !_hasClearRefs;

    /// <summary>What the numbers of this check mean, as key=value words.</summary>
    public string Labels => _labels.Get(_hasCold ? ColdClearer.Name : _hasClearRefs ? ClearRefsClearer.Name : "none", CanSweep);

    /// <inheritdoc/>
    public long StartCpuNs { get; private set; }

    /// <inheritdoc/>
    public bool NeedsSweep => CanSweep && MetSweptLately(Time.GetNs(Time.CLOCK_MONOTONIC));

    /// <inheritdoc/>
    public ReadOnlySpan<AddressRange> TakenYoung => _plan.Taken;

    /// <inheritdoc/>
    public long NrMadeOld => _plan.NrMadeOld + _followed.NrMadeOld;

    /// <summary>Without a flush the hottest pages would look cold. Where every window clears all there is nothing left to sweep.</summary>
    private bool CanSweep => _hasCold && _hasClearRefs && ClearRefsClearer.CanFlush;

    /// <summary>
    /// To be called once before the first pass. Pages that nobody made old before are accessed since whenever, and to find them one by one
    /// costs the target an interrupt for each TLB flush; this makes all of them old at once, where that is a matter of milliseconds, and in
    /// the first passes bit by bit where it is not.
    /// </summary>
    public void StartOld()
    {
        var footprint = default(Events.Footprint);
        if (!_hasCold || !ProcFootprint.TryRead(_process.Proc, ref footprint))
        {
            return;
        }

        if (footprint.RssBytes > LargestToStartOldBytes)
        {
            _slices = new OldSlices(_files, _cold, _drain);
        }
        else if (CanSweep)
        {
            Counters.ClearRefsCalls++;
            _ = _clearRefs.Clear();
        }
    }

    /// <inheritdoc/>
    /// <remarks>False where soft-dirty is built in: the kernel cannot flush the TLB of a target then without protecting its pages.</remarks>
    public bool Sweep()
    {
        if (!CanSweep || !_files.Refresh())
        {
            return false;
        }

        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        ForgetIfReplaced();
        bool filesOnly = _followed.AnonymousShare < WorthwhileAnonymousShare && ++_sweeps % SweepsPerFullOne != 0;
        _isJustSwept = ClearAll(filesOnly);
        _swept = !_isJustSwept ? _swept : filesOnly ? SweepScope.Files : SweepScope.All;
        Counters.Sweeps += _isJustSwept ? 1 : 0;
        Counters.SweepTimeNs += Time.GetNs(Time.CLOCK_MONOTONIC) - begin;
        return _isJustSwept;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by reading (0.05 to 0.3 us per address) and by making young pages old (0.3 to 4.6 us each, mostly the TLB flush on other
    /// CPUs), cut off after <see cref="AccessBitsOptions.ClearTimeLimit"/>. Right after a sweep there is nothing to do. No allocations once
    /// the number of addresses is steady.
    /// </remarks>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        FollowInterval(begin);
        EnsureCapacity(addresses.Length);
        _plan.Reset();
        _refused.NextTick();
        _isReadable = _files.Refresh();
        ForgetIfReplaced();
        bool isSwept = _isJustSwept;
        _isJustSwept = false;
        if (!_isReadable)
        {
            return;
        }

        if (isSwept && _swept == SweepScope.All)
        {
            _opening = WindowOpening.Sweep;
        }
        else if (_hasCold)
        {
            MakeColdOrFallBack(addresses, begin);
        }
        else
        {
            _opening = ClearAll() ? WindowOpening.ClearedAll : WindowOpening.None;
        }

        Counters.ClearTimeNs += Time.GetNs(Time.CLOCK_MONOTONIC) - begin;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by cache misses of the page tables: 5 to 50 ns an address from cache, 0.05 to 0.3 us scattered; in windows that clear_refs
    /// opened also by the struct pages, 20 to 60 ns. No allocations.
    /// </remarks>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        EnsureCapacity(addresses.Length);
        Counters.Reads += addresses.Length;
        if (!_isReadable || _files.Pagemap is not { } pagemap || _reader.Walk(pagemap, addresses, _leaves) != 0)
        {
            states.Fill(AccessState.NotPresent);
            return;
        }

        ReadOnlySpan<ulong> leaves = _leaves.AsSpan(0, addresses.Length);
        if (_opening is WindowOpening.Sweep or WindowOpening.ClearedAll)
        {
            _plan.Build(pagemap, addresses, leaves, describeOld: true);
            NoteSwept(_plan.MetSwept, begin);
        }

        ReadOnlySpan<PreparedState> prepared = _plan.States;
        for (int i = 0; i < leaves.Length; i++)
        {
            states[i] = StateOf(new LeafEntry(leaves[i]), _opening == WindowOpening.None ? PreparedState.Unprepared : prepared[i]);
        }

        Count(states);
        Counters.ReadTimeNs += Time.GetNs(Time.CLOCK_MONOTONIC) - begin;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by reading, 0.05 to 0.3 us a page, and <see cref="AccessBitsOptions.TakeTimeLimit"/>. Where only clear_refs is allowed,
    /// every window takes all bits, and every page stays unprepared.
    /// </remarks>
    public void TakeYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        states.Fill(AccessState.Unprepared);
        if (!_files.Refresh() || _files.Pagemap is not { } pagemap)
        {
            states.Fill(AccessState.NotPresent);
            return;
        }

        ForgetIfReplaced();
        if (!_hasCold)
        {
            return;
        }

        // What has not been made old yet at the start was accessed since whenever.
        int known = _slices is null ? addresses.Length : CountBelow(addresses, _slices.Next);
        int result = _followed.Take(
            pagemap, addresses[..known], states[..known], MetSweptLately(begin), _swept, begin + _takeLimitNs);
        if (result is -Errno.EPERM or -Errno.EACCES or -Errno.ENOSYS)
        {
            _hasCold = false;
        }

        NoteSwept(_followed.MetSwept, begin);
        CountCalls();
        Counters.TakeTimeNs += Time.GetNs(Time.CLOCK_MONOTONIC) - begin;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _drain.Dispose();
        _files.Dispose();
    }

    private AccessState StateOf(LeafEntry leaf, PreparedState prepared)
    {
        // Whatever was or was not prepared: nothing is there that could have been accessed.
        if (!leaf.IsMapped || (leaf.IsSpecial && leaf.FrameNumber == _reader.ZeroFrame))
        {
            return AccessState.NotPresent;
        }

        switch (prepared)
        {
            case PreparedState.Unclearable:
                return AccessState.Unclearable;
            case PreparedState.Unprepared:
                return AccessState.Unprepared;
            case PreparedState.AwaitsSweep or PreparedState.AwaitsFullSweep when _opening == WindowOpening.Cold:
            case PreparedState.AwaitsFullSweep when _opening == WindowOpening.Sweep && _swept != SweepScope.All:
                return AccessState.AwaitsSweep;
            case PreparedState.AwaitsSweep or PreparedState.AwaitsFullSweep when _opening == WindowOpening.Sweep:
                // PG_young of a page that others map as well may be theirs.
                return leaf.IsAccessed ? AccessState.SweptAccessed : AccessState.SweptNotAccessed;
            case PreparedState.AwaitsSweep or PreparedState.AwaitsFullSweep:
                return leaf.IsAccessed ? AccessState.Accessed : AccessState.NotAccessed;
            case PreparedState.NotPresent when leaf.Level == 2:
                return AccessState.NotPresent;
            default:
                Counters.Recovered += leaf.IsRecovered ? 1 : 0;
                return leaf.IsYoung ? AccessState.Accessed : AccessState.NotAccessed;
        }
    }

    private void MakeColdOrFallBack(ReadOnlySpan<ulong> addresses, long begin)
    {
        if (_slices is not null)
        {
            long cpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
            _slices.Step(begin + Math.Min(LongestSliceNs, _intervalNs / ShareOfIntervalForSlices));
            StartCpuNs += Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuNs;
            _slices = _slices.IsDone ? null : _slices;
            begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        }

        if (_reader.Walk(_files.Pagemap!, addresses, _leaves) != 0)
        {
            _isReadable = false;
            return;
        }

        _opening = WindowOpening.Cold;
        _plan.Build(_files.Pagemap!, addresses, _leaves, MetSweptLately(begin));
        long deadline = begin + (_clearLimitNs ?? (_intervalNs / ShareOfIntervalForClearing));
        int result = _pass.Run(_plan, _mayHop ?? _intervalNs >= ShortestIntervalToHopNs, deadline);
        if (result is -Errno.EPERM or -Errno.EACCES or -Errno.ENOSYS)
        {
            _hasCold = false;
            _opening = ClearAll() ? WindowOpening.ClearedAll : WindowOpening.None;
            return;
        }

        _plan.Conclude(addresses, _cold, deadline);
        _plan.LeaveOutUnreached(addresses, _pass);
        NoteSwept(_plan.MetSwept, begin);
        CountCalls();
        Counters.Clears += _plan.Taken.Length;
    }

    private bool ClearAll(bool filesOnly = false)
    {
        if (!_hasClearRefs)
        {
            return false;
        }

        Counters.ClearRefsCalls++;
        int result = _clearRefs.Clear(filesOnly);
        _hasClearRefs &= result is not (-Errno.EPERM or -Errno.EACCES);
        return result == 0;
    }

    private bool MetSweptLately(long now) => _metSweptNs != 0 && now - _metSweptNs < SweptLatelyNs;

    private void NoteSwept(bool met, long now) => _metSweptNs = met ? now : _metSweptNs;

    /// <summary>A new address space: what was refused or swept in the old one says nothing.</summary>
    private void ForgetIfReplaced()
    {
        if (_files.Reopened == _knownReopened)
        {
            return;
        }

        _knownReopened = _files.Reopened;
        Counters.Reopened = _files.Reopened;
        _refused.Clear();
        _slices = null;
        _swept = SweepScope.None;
        _isJustSwept = false;
    }

    private void Count(ReadOnlySpan<AccessState> states)
    {
        Counters.Unclearable += states.Count(AccessState.Unclearable);
        Counters.Unprepared += states.Count(AccessState.Unprepared);
        Counters.AwaitingSweep += states.Count(AccessState.AwaitsSweep);
    }

    private void CountCalls()
    {
        Counters.ColdCalls = _cold.Calls;
        Counters.Drains = _drain.Calls;
    }

    private static int CountBelow(ReadOnlySpan<ulong> addresses, ulong bound)
    {
        int index = addresses.BinarySearch(bound);
        return index < 0 ? ~index : index;
    }

    /// <summary>The kdamond stretches and shrinks the sampling interval; how long clearing may take follows it.</summary>
    private void FollowInterval(long beginNs)
    {
        if (_latestBeginNs != 0)
        {
            // A tick that came very late says little about the next one.
            long sinceLatestNs = Math.Min(beginNs - _latestBeginNs, 2 * _intervalNs);
            _intervalNs = Math.Max(_firstIntervalNs, _intervalNs + ((sinceLatestNs - _intervalNs) / IntervalSmoothing));
        }

        _latestBeginNs = beginNs;
    }

    private void EnsureCapacity(int addresses)
    {
        _plan.EnsureCapacity(addresses);
        if (_leaves.Length < addresses)
        {
            _leaves = new ulong[addresses];
        }
    }
}
