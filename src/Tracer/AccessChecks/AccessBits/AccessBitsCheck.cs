using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// The access check `access-bits`: reads accessed bits straight from the target's page tables and clears them with a TLB flush,
/// page by page (whole folios). Reads and writes count alike. Used by one thread; the reader may be shared.
/// </summary>
public sealed class AccessBitsCheck : IAccessCheck
{
    private const int ShareOfIntervalForClearing = 4;
    private const int FewestRangesToHop = 4;
    private const long ShortestIntervalToHopNs = 20_000_000;

    // Its mmap lock is held for 4 to 12 ms per GB meanwhile.
    private const long LargestToStartOldBytes = 2L << 30;

    // Weight of the newest of the intervals that are averaged: follows a change within a few ticks, ignores one that came late.
    private const int IntervalSmoothing = 4;

    private readonly PageTableReader _reader;
    private readonly SafeFileHandle _pidfd;
    private readonly TargetFiles _files;
    private readonly TargetStat _stat;
    private readonly ClearPlan _plan;
    private readonly ColdClearer _cold;
    private readonly ClearRefsClearer? _clearRefs;
    private readonly CpuHop _hop = new();
    private readonly bool? _mayHop;
    private readonly long? _clearLimitNs;
    private readonly long _firstIntervalNs;
    private readonly bool _hasRival = Rivals.HasKdamond();
    private bool _hasCold;
    private bool _hasClearRefs;
    private long _intervalNs;
    private ulong[] _leaves = [];
    private ulong _resumeAt;
    private long _latestBeginNs;
    private string _labels = "";
    private string _labelledClearer = "";
    private bool _isReadable;
    private bool _clearedAll;

    /// <summary>
    /// Opens a target. Whether it may be read and cleared is asked beforehand with <see cref="AccessBitsCapability.ProbeTarget"/>.
    /// </summary>
    /// <param name="reader">The process's reader; stays the caller's.</param>
    /// <param name="pid">The target. When it is gone already, every address is not accessed.</param>
    /// <param name="samplingInterval">Time from one MakeOld to the next: bounds how long clearing may take. Longer ones are noticed.</param>
    /// <param name="options">Null for the defaults.</param>
    public AccessBitsCheck(PageTableReader reader, int pid, TimeSpan samplingInterval, AccessBitsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        options ??= new AccessBitsOptions();
        _reader = reader;
        _pidfd = SysPidfd.Open(pid, out _);
        _files = new TargetFiles(pid, _pidfd);
        _stat = new TargetStat(pid);
        _plan = new ClearPlan(reader, _files);
        _cold = new ColdClearer(_pidfd);
        _clearRefs = options.Clearer == ClearerKind.Cold ? null : ClearRefsClearer.TryOpen(pid, out _);
        _firstIntervalNs = samplingInterval.Ticks * TimeSpan.NanosecondsPerTick;
        _intervalNs = _firstIntervalNs;
        _hasCold = options.Clearer != ClearerKind.ClearRefs && reader.KnowsFolios;
        _hasClearRefs = _clearRefs is not null;
        _mayHop = options.HopToTargetCpu;
        _clearLimitNs = options.ClearTimeLimit is { } limit ? limit.Ticks * TimeSpan.NanosecondsPerTick : null;
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    public AccessBitsCounters Counters { get; } = new();

    /// <summary>The target has exited.</summary>
    public bool TargetGone => _files.IsGone;

    /// <summary>No clearer is allowed on this target: every young address is unprepared.</summary>
    public bool CannotClear => !_hasCold && !_hasClearRefs;

    /// <summary>What the numbers of this check mean, as key=value words.</summary>
    public string Labels
    {
        get
        {
            bool usesClearRefs = !_hasCold && _hasClearRefs;
            string name = CannotClear ? "none" : usesClearRefs ? ClearRefsClearer.Name : ColdClearer.Name;
            if (name != _labelledClearer)
            {
                string recovery = _reader.RecoversYoung ? "PG_young" : "no";
                string largeFolios = usesClearRefs || _plan.KeepsLargeFolios ? "whole" : "unclearable";
                _labelledClearer = name;
                _labels = $"accesses=rw granularity=page flushed={(!usesClearRefs || ClearRefsClearer.CanFlush ? "yes" : "no")} clearer={name} "
                    + $"young-recovery={recovery} large-folios={largeFolios}{(_hasRival ? " rival=kdamond" : "")}";
            }

            return _labels;
        }
    }

    /// <summary>
    /// To be called once before the first pass. Pages that nobody made old before are accessed since whenever, and to find them one by one
    /// costs the target an interrupt for each TLB flush; this makes all of them old at once, where that is a matter of milliseconds.
    /// </summary>
    public void StartOld()
    {
        if (_hasCold && _clearRefs is not null && ClearRefsClearer.CanFlush
            && _stat.TryRead() && _stat.ResidentPages * Environment.SystemPageSize <= LargestToStartOldBytes)
        {
            _ = ClearAll();
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by reading (0.05 to 0.3 us per address) and by making young pages old (0.3 to 4.6 us each, mostly the TLB flush on other
    /// CPUs),
    /// cut off after <see cref="AccessBitsOptions.ClearTimeLimit"/>. No allocations once the number of addresses is steady.
    /// </remarks>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        FollowInterval(begin);
        EnsureCapacity(addresses.Length);
        int reopened = _files.Reopened;
        _isReadable = _files.Refresh();
        if (!_isReadable)
        {
            return;
        }

        if (_files.Reopened != reopened)
        {
            Counters.Reopened = _files.Reopened;
            _plan.ForgetRefused();
        }

        if (_hasCold)
        {
            MakeColdOrFallBack(addresses, begin);
        }
        else
        {
            _clearedAll = ClearAll();
        }

        Counters.ClearTimeNs += Time.GetNs(Time.CLOCK_MONOTONIC) - begin;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by cache misses of the page tables: 5 to 50 ns an address from cache, 0.05 to 0.3 us scattered. No allocations.
    /// </remarks>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        long begin = Time.GetNs(Time.CLOCK_MONOTONIC);
        EnsureCapacity(addresses.Length);
        Counters.Reads += addresses.Length;
        if (!_isReadable || _files.Pagemap is not { } pagemap || _reader.Walk(pagemap, addresses, _leaves) != 0)
        {
            states.Clear();
            return;
        }

        ReadOnlySpan<ulong> leaves = _leaves.AsSpan(0, addresses.Length);
        if (_clearedAll && _reader.KnowsFolios)
        {
            _plan.MarkUnclearable(leaves);
        }

        Judge(leaves, states);
        Counters.ReadTimeNs += Time.GetNs(Time.CLOCK_MONOTONIC) - begin;
    }

    public void Dispose()
    {
        _clearRefs?.Dispose();
        _stat.Dispose();
        _files.Dispose();
        _pidfd.Dispose();
    }

    private void Judge(ReadOnlySpan<ulong> leaves, Span<AccessState> states)
    {
        ReadOnlySpan<PreparedState> prepared = _plan.States;
        for (int i = 0; i < leaves.Length; i++)
        {
            var leaf = new LeafEntry(leaves[i]);
            switch (prepared[i])
            {
                // Whatever was or was not prepared: nothing is there that could have been accessed.
                case var _ when !leaf.IsMapped:
                    states[i] = AccessState.NotAccessed;
                    break;
                case PreparedState.Unclearable:
                    states[i] = AccessState.Unclearable;
                    Counters.Unclearable++;
                    break;
                case PreparedState.Unprepared:
                    states[i] = AccessState.Unprepared;
                    Counters.Unprepared++;
                    break;
                case PreparedState.OwnBitOnly:
                    states[i] = leaf.IsAccessed ? AccessState.Accessed : AccessState.NotAccessed;
                    break;
                default:
                    states[i] = leaf.IsYoung ? AccessState.Accessed : AccessState.NotAccessed;
                    Counters.Recovered += leaf.IsRecovered ? 1 : 0;
                    break;
            }
        }
    }

    private void MakeColdOrFallBack(ReadOnlySpan<ulong> addresses, long begin)
    {
        if (_reader.Walk(_files.Pagemap!, addresses, _leaves) != 0)
        {
            _isReadable = false;
            return;
        }

        _plan.Build(_files.Pagemap!, addresses, _leaves);
        int result = ClearPlanned(begin + (_clearLimitNs ?? (_intervalNs / ShareOfIntervalForClearing)));
        if (result is -Errno.EPERM or -Errno.EACCES or -Errno.ENOSYS)
        {
            _hasCold = false;
            _clearedAll = ClearAll();
            return;
        }

        _plan.Conclude(addresses);
    }

    /// <summary>
    /// Clears the plan's ranges, beginning where the latest tick ran out of time so that no part of the target is always last.
    /// </summary>
    private int ClearPlanned(long deadlineNs)
    {
        ReadOnlySpan<SysMman.IoVector> ranges = _plan.Ranges;
        Span<ClearOutcome> outcomes = _plan.Outcomes;
        bool mayHop = _mayHop ?? _intervalNs >= ShortestIntervalToHopNs;
        bool hopped = mayHop && ranges.Length >= FewestRangesToHop && _hop.TryGo(_stat);
        int first = 0;
        while (first < ranges.Length && ranges[first].Base < _resumeAt)
        {
            first++;
        }

        long calls = _cold.Calls;
        outcomes.Clear();
        int result = _cold.Clear(ranges[first..], outcomes[first..], deadlineNs);
        if (result == 0 && first > 0 && (first == ranges.Length || outcomes[^1] != ClearOutcome.Late))
        {
            result = _cold.Clear(ranges[..first], outcomes[..first], deadlineNs);
        }

        if (hopped)
        {
            _hop.Return();
        }

        int late = first < ranges.Length ? outcomes[first..].IndexOf(ClearOutcome.Late) : -1;
        late = late >= 0 ? first + late : outcomes.IndexOf(ClearOutcome.Late);
        _resumeAt = late >= 0 ? ranges[late].Base : 0;
        Counters.ColdCalls += _cold.Calls - calls;
        Counters.Clears += outcomes.Count(ClearOutcome.Cleared);
        return result;
    }

    private bool ClearAll()
    {
        Counters.ClearRefsCalls++;
        int result = _clearRefs?.Clear() ?? -Errno.EPERM;
        _plan.FillStates(result == 0 ? PreparedState.Ready : PreparedState.Unprepared);
        _hasClearRefs &= result is not (-Errno.EPERM or -Errno.EACCES);
        return result == 0;
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
