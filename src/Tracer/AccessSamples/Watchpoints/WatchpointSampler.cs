using Damon.Trace.Tracer.AccessSamples.Instructions;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>
/// Watches a random byte in a random thread for a moment, again and again. It disarms itself after four accesses, so that code that does
/// nothing but access it is stopped four times and no more. Windows become shorter until few looks see four, for what such a look stands for is exact
/// only for accesses at random times (<see cref="WatchpointRate"/>). So a share is a share of the bytes that accesses
/// read and write, not of memory or threads.
/// </summary>
internal sealed class WatchpointSampler : AccessSampler
{
    internal const string SamplerName = "watchpoints";
    internal const double DefaultRate = 100;

    private const int MaxHits = 4;

    // One look in so many may be saturated: twice what windows are made for.
    private const int MaxSaturated = 10;
    private const int MeantSaturated = 20;

    // Where stops took 5 to 9 us shares were within their intervals, where they took 22 to 28 they were not (docs/who.md).
    private const double LongStopNs = 15_000;
    private const string OffInBursts = "shares of code that accesses in bursts may be off by more than their intervals";
    private const double FirstWindowNs = 1e6;

    // Two sleeps of this process; and most of a window should be time that the thread runs.
    private const double ShortestWindowNs = 100_000;
    private const double LeastStopsInWindow = 8;

    private const long RefreshNs = 500_000_000;
    private const long ForgetNs = 5_000_000_000;

    // Arming and closing interrupt the CPU that the thread runs on; an interrupt costs about as much as a stop.
    private const int StopsPerProbe = 2;

    // Of x86-64.
    private const int RegistersOfThread = 4;

    // More at once would only pile up where arming is slow.
    private const int MaxArmed = 512;

    private readonly SeededRandom _random;
    private readonly CodeBlocks _blocks;
    private readonly PriorityQueue<Watchpoint, long> _armed = new(); // by the ends of their windows
    private readonly TargetAllowance _targetAllowance;
    private readonly bool _withKernel;
    private readonly WatchpointPool _pool;
    private readonly WatchpointRate _rate;
    private readonly HitList _hits = new(MaxHits);
    private readonly long _intervalNs;
    private readonly double _longestWindowNs;
    private readonly double _shortestWindowNs;
    private double _windowNs;

    // From when on windows have the length that suits the memory.
    private long _settledNs = long.MaxValue;
    private long _nextProbeNs;
    private long _nextRefreshNs;
    private long _nextForgetNs;
    private long _nrSaturated;

    /// <param name="target">Stays the caller's.</param>
    /// <param name="options">What to watch.</param>
    /// <param name="test">What was found out about this machine.</param>
    internal WatchpointSampler(TargetProcess target, AccessSamplerOptions options, WatchpointTest test)
        : base(target, options)
    {
        _random = new SeededRandom(options.Seed);
        _blocks = new CodeBlocks(Code, options.FunctionStart);
        _targetAllowance = new TargetAllowance(Target.Pid, options.TargetShare);
        _rate = new WatchpointRate(test.StopNs, MaxHits);
        _shortestWindowNs = Math.Max(ShortestWindowNs, LeastStopsInWindow * test.StopNs);
        _withKernel = test.SeesKernel;
        _pool = new WatchpointPool(_withKernel);
        _intervalNs = Math.Max(1, (long)(1e9 / (options.ProbesPerSecond ?? DefaultRate)));
        _longestWindowNs = options.Window.TotalMilliseconds * 1e6;
        _windowNs = Math.Min(_longestWindowNs, FirstWindowNs);
    }

    /// <inheritdoc/>
    public override string Name => SamplerName;

    /// <summary>
    /// Windows become shorter until 1 look in 20 sees as many accesses as it can: where they cannot, what those stand for is a guess, and the worse the longer
    /// a stop takes.
    /// </summary>
    public override string? Doubt =>
        _nrSaturated * MaxSaturated > Counters.NrProbes
            ? $"{_nrSaturated} of {Counters.NrProbes} looks saw as many accesses as one can, and shorter ones are not possible here: {OffInBursts}"
        : _nrSaturated * MeantSaturated > Counters.NrProbes && _rate.StopNs > LongStopNs
            ? $"a stop takes {_rate.StopNs / 1000:F0} us here, so looks cannot be shorter, and {_nrSaturated} of {Counters.NrProbes} saw as many accesses as one can: {OffInBursts}"
        : null;

    /// <inheritdoc/>
    public override string Unit => _withKernel ? "bytes accessed" : "bytes accessed by user code";

    /// <inheritdoc/>
    private protected override long Step(long nowNs, AccessSampleCallback onSample)
    {
        while (_armed.TryPeek(out Watchpoint? due, out long endNs) && endNs <= nowNs)
        {
            _armed.Dequeue();
            Collect(due, endNs, onSample);
        }

        if (nowNs >= _nextRefreshNs)
        {
            _nextRefreshNs = nowNs + RefreshNs;
            _ = Threads.Refresh();
            _pool.CloseIdleSince(nowNs - RefreshNs);
        }

        if (nowNs >= _nextForgetNs)
        {
            _nextForgetNs = nowNs + ForgetNs;
            _blocks.Clear();
        }

        if (nowNs >= _nextProbeNs)
        {
            // What could not be done in time is not made up for.
            _nextProbeNs = Math.Max(_nextProbeNs + _intervalNs, nowNs - _intervalNs);
            Arm();
        }

        return _armed.TryPeek(out _, out long nextNs) ? Math.Min(nextNs, _nextProbeNs) : _nextProbeNs;
    }

    /// <inheritdoc/>
    private protected override void Finish(AccessSampleCallback onSample)
    {
        // Windows that were cut short are still windows, of the length they had.
        while (_armed.TryDequeue(out Watchpoint? watchpoint, out long endNs))
        {
            Collect(watchpoint, Math.Min(endNs, Time.GetNs(Time.CLOCK_MONOTONIC)), onSample);
        }

        _pool.Dispose();
    }

    /// <inheritdoc/>
    private protected override void Close()
    {
        while (_armed.TryDequeue(out Watchpoint? watchpoint, out _))
        {
            watchpoint.Dispose();
        }

        _pool.Dispose();
    }

    /// <inheritdoc/>
    private protected override void Earn(long nowNs, bool begins) => _targetAllowance.Earn(nowNs, begins);

    private void Arm()
    {
        if (!_targetAllowance.IsLeft || !IsOwnTimeLeft || _armed.Count >= MaxArmed)
        {
            Counters.NrPutOff++;
            return;
        }

        if (Threads.Count == 0)
        {
            return;
        }

        int tid = Threads.Draw(_random, out double probability);
        if (HasAllRegistersOf(tid))
        {
            Counters.NrPutOff++;
            return;
        }

        Watchpoint? watchpoint = _pool.Arm(tid, probability, Bytes.Draw(_random), MaxHits, out int errno);
        if (watchpoint is not null)
        {
            _armed.Enqueue(watchpoint, watchpoint.ArmedNs + (long)_windowNs);
            Spend(StopsPerProbe);
            return;
        }

        switch (errno)
        {
            case Errno.ESRCH:
                Counters.NrThreadsGone++;
                _nextRefreshNs = 0;
                break;
            case Errno.ENOSPC:
                Counters.NrNoRegister++;
                break;
            default:
                Counters.NrRefused++;
                Counters.Refusal = Errno.Describe(errno);
                break;
        }
    }

    /// <summary>Then the probe has to wait for others of this sampler.</summary>
    private bool HasAllRegistersOf(int tid)
    {
        int own = 0;
        foreach ((Watchpoint watchpoint, _) in _armed.UnorderedItems)
        {
            own += watchpoint.Tid == tid ? 1 : 0;
        }

        return own >= RegistersOfThread;
    }

    private void Spend(int stops)
    {
        _targetAllowance.Spend(stops * _rate.StopNs);
        Counters.TargetCostNs += (long)(stops * _rate.StopNs);
    }

    /// <summary>This process may come late: what happened after the end of the window is left out.</summary>
    private void Collect(Watchpoint watchpoint, long windowEndNs, AccessSampleCallback onSample)
    {
        watchpoint.Disarm();
        _hits.Clear();
        var sink = new HitList.Sink(_hits);
        Counters.NrLost += watchpoint.Read(ref sink);
        Counters.NrProbes++;
        Spend(_hits.Count);
        int count = _hits.CountUntil(windowEndNs);
        _rate.Learn(_hits, count);
        int told = 0;
        if (count > 0)
        {
            _nrSaturated += count < MaxHits ? 0 : 1;
            told = Tell(watchpoint, count, _rate.OfOne(_hits, count, watchpoint.ArmedNs, windowEndNs) / watchpoint.Probability, onSample);
            Counters.NrHits += told > 0 ? 1 : 0;
            Counters.NrAccesses += told;
        }

        if (watchpoint.ArmedNs >= _settledNs)
        {
            Counters.NrSettledProbes++;
            Counters.NrSettledHits += told > 0 ? 1 : 0;
        }

        _pool.Return(watchpoint);
        Adapt(count);
    }

    /// <returns>How many of the stops were accesses of the target.</returns>
    private int Tell(Watchpoint watchpoint, int count, double weight, AccessSampleCallback onSample)
    {
        int told = 0;
        for (int i = 0; i < count; i++)
        {
            if (!IsUnwinding(_hits[i]))
            {
                told++;
                onSample(Describe(_hits[i], watchpoint, weight), _hits.CallersOf(i));
            }
        }

        return told;
    }

    /// <summary>
    /// At a stop the kernel follows frame pointers by reading what RBP points at. Of code that uses RBP otherwise that is memory like any other, which
    /// another watchpoint may be watching. System calls do not read buffers in this way.
    /// </summary>
    private bool IsUnwinding(in WatchpointHit hit) => hit.IsKernel && Options.KernelFunction?.Invoke(hit.Ip) == "__get_user_nocheck_8";

    /// <summary>The equilibrium is where 1 look in 20 sees as many accesses as it can; it is approached quickly until the first does.</summary>
    private void Adapt(int stops)
    {
        const double Shorter = 0.7;
        const double Longer = 1.02;
        const double MuchLonger = 1.25;
        double factor = stops >= MaxHits ? Shorter : _settledNs == long.MaxValue ? MuchLonger : Longer;
        _windowNs = Math.Clamp(_windowNs * factor, Math.Min(_shortestWindowNs, _longestWindowNs), _longestWindowNs);
        if (_settledNs == long.MaxValue && (stops >= MaxHits || _windowNs >= _longestWindowNs))
        {
            _settledNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        }
    }

    private AccessSample Describe(in WatchpointHit hit, Watchpoint watchpoint, double weight)
    {
        (ulong ip, bool? isWrite) = hit.IsKernel ? (hit.Ip, Direction(hit, watchpoint.Address)) : Decode(hit, watchpoint.Address);
        return new AccessSample
        {
            Address = watchpoint.Address,
            Ip = ip,
            Tid = watchpoint.Tid,
            TimeNs = hit.TimeNs,
            IsWrite = isWrite,
            IsKernel = hit.IsKernel,
            Probe = Counters.NrProbes,
            Weight = weight,
        };
    }

    private (ulong Ip, bool? IsWrite) Decode(in WatchpointHit hit, ulong address) => _blocks.Before(hit.Ip) is { } access
        ? (access.Ip, access.IsWrite ?? Direction(hit, address))
        : (hit.Ip - 1, null);

    /// <summary>Copies read where RSI points and write where RDI does: which of the two is at the byte.</summary>
    private static bool? Direction(in WatchpointHit hit, ulong address)
    {
        // The pointers have gone on to behind what was copied, by as much as a vector register at once.
        const ulong Near = 128;
        bool source = hit.Source - address + Near < 2 * Near;
        bool destination = hit.Destination - address + Near < 2 * Near;
        return source == destination ? null : destination;
    }
}
