using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>
/// Finds out which instructions of which threads access ranges of memory, by samples. One thread uses it. Whatever it has opened at the kernel
/// is closed by the kernel when this process ends, however it ends: nothing stays armed in the target.
/// </summary>
public abstract class AccessSampler : IDisposable
{
    // CPU time that is not held against the budget: code is compiled and symbols are read, once.
    private const long StartNs = 500_000_000;

    private const long LongestSleepNs = 50_000_000;

    // How often the clocks of both processes are read: system calls, which cost 0.3 to 18 us each.
    private const long AccountNs = 10_000_000;

    private readonly Allowance _ownAllowance;
    private long _accountedNs;
    private long _accountedCpuNs;

    private protected AccessSampler(TargetProcess target, AccessSamplerOptions options)
    {
        Target = target;
        Options = options;
        Threads = new TargetThreads(target);
        Code = new TargetCode(target);
        Bytes = new ByteChoice(options.Ranges);
        _ownAllowance = new Allowance(options.OwnShare);
    }

    /// <summary>Its name on the command line and in reports.</summary>
    public abstract string Name { get; }

    /// <summary>What the shares are shares of.</summary>
    public abstract string Unit { get; }

    /// <summary>Why shares may be off by more than their intervals, a sentence; null where nothing speaks for it.</summary>
    public virtual string? Doubt => null;

    /// <summary>What was done.</summary>
    public AccessSamplerCounters Counters { get; } = new();

    /// <summary>Threads of the target at the latest look.</summary>
    public int NrThreads => Threads.Count;

    private protected TargetProcess Target { get; }

    private protected AccessSamplerOptions Options { get; }

    private protected TargetThreads Threads { get; }

    private protected TargetCode Code { get; }

    private protected ByteChoice Bytes { get; private set; }

    /// <summary>Whether this process may spend more time on it now.</summary>
    private protected bool IsOwnTimeLeft => _ownAllowance.IsLeft;

    /// <summary>The name of a thread; <c>?</c> once it has ended.</summary>
    public string NameOfThread(int tid)
    {
        Span<byte> buffer = stackalloc byte[64];
        int length = Target.Proc.Read($"task/{tid}/comm", buffer);
        return length > 0 ? SafeText.FromUtf8(buffer[..length].TrimEnd((byte)'\n')) : "?";
    }

    /// <summary>Looks at other memory from now on: mappings come and go.</summary>
    /// <param name="ranges">Ascending and disjoint, not empty.</param>
    public void SetRanges(IReadOnlyList<AddressRange> ranges) => Bytes = new ByteChoice(ranges);

    /// <summary>Samples for a while on the calling thread; may be called again and again, then <see cref="Complete"/>.</summary>
    /// <param name="duration">For how long.</param>
    /// <param name="onSample">Told every access.</param>
    /// <param name="cancellation">Ends it early, without an exception.</param>
    /// <returns>False when the target has exited.</returns>
    public bool Run(TimeSpan duration, AccessSampleCallback onSample, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onSample);
        long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        long endNs = beganNs + (long)(duration.TotalMilliseconds * 1e6);
        _accountedCpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        bool hasExited = false;
        for (long nowNs = beganNs; nowNs < endNs && !hasExited && !cancellation.IsCancellationRequested; nowNs = Time.GetNs(Time.CLOCK_MONOTONIC))
        {
            if (nowNs >= _accountedNs + AccountNs)
            {
                Account(nowNs);
                hasExited = Target.HasExited;
            }

            long nextNs = Step(nowNs, onSample);
            Time.SleepUntil(Math.Min(Math.Min(nextNs, endNs), nowNs + LongestSleepNs));
        }

        Account(Time.GetNs(Time.CLOCK_MONOTONIC));
        return !Target.HasExited;
    }

    /// <summary>Collects what is still out, after the last <see cref="Run"/>; nothing is armed from then on, until there is another.</summary>
    public void Complete(AccessSampleCallback onSample)
    {
        Finish(onSample);
        _accountedNs = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        Code.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what is due and tells when to come again, in nanoseconds of CLOCK_MONOTONIC.</summary>
    private protected abstract long Step(long nowNs, AccessSampleCallback onSample);

    /// <summary>Told now and then how much time has passed; from the first call on, and anew after <see cref="Complete"/>.</summary>
    private protected virtual void Earn(long nowNs, bool begins)
    {
    }

    /// <summary>Collects what is still out.</summary>
    private protected abstract void Finish(AccessSampleCallback onSample);

    /// <summary>Gives everything back to the kernel.</summary>
    private protected abstract void Close();

    private void Account(long nowNs)
    {
        long cpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        if (_accountedNs != 0)
        {
            _ownAllowance.Earn(nowNs - _accountedNs);
            _ownAllowance.Spend(Counters.OwnCpuNs > StartNs ? cpuNs - _accountedCpuNs : 0);
        }

        Earn(nowNs, begins: _accountedNs == 0);
        Counters.OwnCpuNs += cpuNs - _accountedCpuNs;
        (_accountedNs, _accountedCpuNs) = (nowNs, cpuNs);
    }
}
