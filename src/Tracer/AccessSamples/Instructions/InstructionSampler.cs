using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// Looks where every thread is, once a millisecond of its CPU time or as rarely as its budget asks, decodes the instructions around that place
/// and takes the addresses they access from the registers. It needs no hardware at all. A share is one of CPU time: code that spends twice as
/// long beside an access counts twice. What the kernel accesses is not seen.
/// </summary>
internal sealed class InstructionSampler : AccessSampler
{
    internal const string SamplerName = "instructions";
    internal const double DefaultRate = 1000;

    private const long RefreshNs = 250_000_000;
    // Each time the target's CPU may be taken, and its caches: as rarely as the smallest ring, of 20 samples, allows.
    private const int SamplesOfDrain = 16;
    private const long ShortestDrainNs = 20_000_000;
    private const long LongestDrainNs = 50_000_000;
    private const long ForgetNs = 5_000_000_000;

    // 40 samples of a tenth of a second and more; small enough for ordinary users, whose rings count against a limit.
    private const int DataBytes = 32 * 1024;
    private const int LeastDataBytes = 8 * 1024;
    private const int MostThreads = 1024;

    private readonly CodeBlocks _blocks;
    private readonly Dictionary<int, ThreadClock> _clocks = [];
    private readonly HashSet<int> _seen = [];
    private readonly double _tickNs;
    private readonly long _periodNs;
    private readonly long _drainNs;
    private int _dataBytes = DataBytes;
    private long _nextRefreshNs;
    private long _nextForgetNs;

    /// <param name="target">Stays the caller's.</param>
    /// <param name="options">What to look for; the window has no meaning here.</param>
    internal InstructionSampler(TargetProcess target, AccessSamplerOptions options)
        : base(target, options)
    {
        _blocks = new CodeBlocks(Code, options.FunctionStart);
        double rate = options.ProbesPerSecond ?? DefaultRate;

        _tickNs = TickTest.Run();

        // Off the round thousandth, so as not to run in step with what happens every millisecond. What a tick costs, divided by the period, is
        // the share of its CPU time that the thread loses.
        _periodNs = (long)Math.Max(1e9 / rate * 1.00301, _tickNs / options.TargetShare);
        _drainNs = Math.Clamp(SamplesOfDrain * _periodNs, ShortestDrainNs, LongestDrainNs);
    }

    /// <inheritdoc/>
    public override string Name => SamplerName;

    /// <inheritdoc/>
    public override string Unit => "CPU time of user code beside an access";

    /// <inheritdoc/>
    private protected override long Step(long nowNs, AccessSampleCallback onSample)
    {
        if (nowNs >= _nextRefreshNs)
        {
            _nextRefreshNs = nowNs + RefreshNs;
            Follow(onSample);
        }

        if (nowNs >= _nextForgetNs)
        {
            _nextForgetNs = nowNs + ForgetNs;
            _blocks.Clear();
        }

        foreach ((int tid, ThreadClock clock) in _clocks)
        {
            Drain(tid, clock, onSample);
        }

        return nowNs + _drainNs;
    }

    /// <inheritdoc/>
    private protected override void Finish(AccessSampleCallback onSample)
    {
        foreach ((int tid, ThreadClock clock) in _clocks)
        {
            Drain(tid, clock, onSample);
            clock.Dispose();
        }

        _clocks.Clear();
        _nextRefreshNs = 0;
    }

    /// <inheritdoc/>
    private protected override void Close()
    {
        foreach (ThreadClock clock in _clocks.Values)
        {
            clock.Dispose();
        }

        _clocks.Clear();
    }

    /// <summary>Gives new threads a clock, and takes what those that ended have left.</summary>
    private void Follow(AccessSampleCallback onSample)
    {
        _ = Threads.Refresh();
        _seen.Clear();
        foreach (int tid in Threads.Tids)
        {
            _seen.Add(tid);
            if (!_clocks.ContainsKey(tid) && _clocks.Count < MostThreads)
            {
                Start(tid);
            }
        }

        foreach (int tid in _clocks.Keys.Where(tid => !_seen.Contains(tid)).ToArray())
        {
            Drain(tid, _clocks[tid], onSample);
            _clocks[tid].Dispose();
            _clocks.Remove(tid);
        }
    }

    private void Start(int tid)
    {
        ThreadClock? clock = ThreadClock.Start(tid, _periodNs, _dataBytes, out int errno);
        while (clock is null && errno is Errno.EPERM or Errno.ENOMEM && _dataBytes > LeastDataBytes)
        {
            // Without CAP_IPC_LOCK rings count against kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK.
            _dataBytes /= 2;
            clock = ThreadClock.Start(tid, _periodNs, _dataBytes, out errno);
        }

        if (clock is not null)
        {
            _clocks[tid] = clock;
        }
        else if (errno == Errno.ESRCH)
        {
            Counters.NrThreadsGone++;
        }
        else
        {
            Counters.NrRefused++;
            Counters.Refusal = Errno.Describe(errno);
        }
    }

    private void Drain(int tid, ThreadClock clock, AccessSampleCallback onSample)
    {
        var sink = new MomentSink(this, tid, onSample);
        clock.Drain(ref sink);
    }

    private readonly struct MomentSink(InstructionSampler sampler, int tid, AccessSampleCallback onSample) : IThreadMomentSink
    {
        public void OnMoment(ulong ip, ulong timeNs, ReadOnlySpan<ulong> registers, ReadOnlySpan<ulong> callers)
        {
            AccessSamplerCounters counters = sampler.Counters;
            counters.TargetCostNs += (long)sampler._tickNs;
            if (!sampler.IsOwnTimeLeft)
            {
                counters.NrPutOff++;
                return;
            }

            counters.NrProbes++;
            CodeBlocks.Block block = sampler._blocks.At(ip);
            int seen = 0;
            foreach (DecodedAccess access in block.Accesses)
            {
                ulong address = access.AddressWith(registers);
                if (!sampler.Bytes.Touches(address, (ulong)access.Bytes))
                {
                    continue;
                }

                seen++;
                onSample(
                    new AccessSample
                    {
                        Address = address,
                        Ip = access.Ip,
                        Tid = tid,
                        TimeNs = timeNs,
                        IsWrite = access.IsWrite,
                        IsKernel = false,
                        Probe = counters.NrProbes,
                        Weight = 1,
                    },
                    callers);
            }

            counters.NrAccesses += seen;
            counters.NrHits += seen > 0 ? 1 : 0;
            counters.NrUnknown += seen == 0 && block.NrUntold > 0 ? 1 : 0;
        }

        public void OnLost(long count) => sampler.Counters.NrLost += count;
    }
}
