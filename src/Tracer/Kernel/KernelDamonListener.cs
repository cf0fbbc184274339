using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.PerfRings;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// Listens to the kernel's own DAMON through perf_event_open, without perf and without touching any kdamond. Works on kdamonds that run
/// already and on those that start later. Where the machine refuses, the listener is inert and <see cref="Capability"/> says why.
/// </summary>
public sealed class KernelDamonListener : IDisposable
{
    /// <summary>
    /// A burst is all regions of an aggregation on one CPU, 88 bytes each: 2 MiB hold some 23,000 regions while the reader sleeps.
    /// </summary>
    public const int DefaultRingBytes = 2 << 20;

    private const int PollTimeoutMs = 100;
    private const int DefaultRefreshMs = 1_000;

    // A record is visible this long after its timestamp at the latest, unless the machine itself stands still; older ones may be given out.
    private const long HoldBackNs = 100_000_000;

    private readonly CpuRings? _rings;
    private readonly KernelRelay _relay;

    private KernelDamonListener(Capability capability, CpuRings? rings, KernelRelay relay, IReadOnlyList<string> tracepoints)
    {
        Capability = capability;
        _rings = rings;
        _relay = relay;
        Tracepoints = tracepoints;
    }

    /// <summary>Whether the kernel's events can be had; when not, why.</summary>
    public Capability Capability { get; }

    /// <summary>Names of the tracepoints listened to.</summary>
    public IReadOnlyList<string> Tracepoints { get; }

    /// <summary>Bytes of each CPU's ring: what was asked for, or less where locked memory is limited.</summary>
    public int RingBytes => _rings?.RingBytes ?? 0;

    /// <summary>CPUs listened to. Those that come online later are not.</summary>
    public int NrCpus => _rings?.Count ?? 0;

    /// <summary>Events given to the observer.</summary>
    public ulong NrEvents => _relay.NrEvents;

    /// <summary>Events the kernel dropped because a ring was full.</summary>
    public ulong NrLost => _relay.NrLost;

    /// <summary>Events that had to be given out after a younger one.</summary>
    public ulong NrLate => _relay.NrLate;

    /// <summary>Opens the tracepoints on every CPU that is online.</summary>
    /// <param name="ringBytes">Bytes of each CPU's ring, a power of two.</param>
    public static KernelDamonListener Open(int ringBytes = DefaultRingBytes) => Open(ringBytes, KernelTracepoints.TracefsPlaces);

    /// <summary>
    /// Listens until the token is cancelled, then gives out everything that was recorded until then. Blocks the calling thread, which
    /// becomes the observer's. Returns at once when the listener is inert.
    /// </summary>
    /// <param name="observer">Who hears.</param>
    /// <param name="token">Ends it.</param>
    /// <param name="refreshMs">How often the settings of the kdamonds are read again, in milliseconds.</param>
    public void Run(IKernelDamonObserver observer, CancellationToken token, int refreshMs = DefaultRefreshMs)
    {
        if (_rings is null)
        {
            return;
        }

        _relay.AnnounceRunning(observer);
        _rings.Enable();
        long refreshIntervalNs = refreshMs * 1_000_000L;
        long refreshNs = Time.GetNs(Time.CLOCK_MONOTONIC) + refreshIntervalNs;
        while (!token.IsCancellationRequested)
        {
            _rings.Wait(PollTimeoutMs);
            long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            Drain(_rings, observer);
            _relay.Deliver(observer, (ulong)(nowNs - HoldBackNs));
            if (nowNs >= refreshNs)
            {
                _relay.AnnounceChanges(observer);
                refreshNs = nowNs + refreshIntervalNs;
            }
        }

        _rings.Disable();
        Drain(_rings, observer);
        _relay.Deliver(observer, ulong.MaxValue);
    }

    /// <inheritdoc/>
    public void Dispose() => _rings?.Dispose();

    internal static KernelDamonListener Open(int ringBytes, IEnumerable<string> tracefsPlaces)
    {
        var tracepoints = new List<KernelTracepoint>();
        var relay = new KernelRelay(tracepoints, new KernelKdamonds(new KernelKdamondReader()));
        Capability capability = KernelTracepoints.Find(tracefsPlaces, tracepoints);
        CpuRings? rings = null;
        if (capability.Available)
        {
            rings = CpuRings.Open([.. tracepoints.Select(static tracepoint => tracepoint.Attributes)], ringBytes, out int errno);
            capability = rings is null ? Refusal(errno) : capability;
        }

        string[] names = [.. tracepoints.Select(tracepoint => KernelTracepoint.NameOf(tracepoint.Kind))];
        return new KernelDamonListener(capability, rings, relay, rings is null ? [] : names);
    }

    private static Capability Refusal(int errno) => errno is Errno.EACCES or Errno.EPERM
        ? Capability.No(
            $"perf_event_open is refused: {Errno.Describe(errno)}", "run as root, or grant CAP_PERFMON and read access to tracefs")
        : Capability.No($"perf_event_open failed: {Errno.Describe(errno)}");

    private void Drain(CpuRings rings, IKernelDamonObserver observer)
    {
        foreach (CpuRing ring in rings.Rings)
        {
            var sink = new KernelRelay.Sink(_relay, observer, ring.Cpu);
            ring.Drain(ref sink);
        }
    }
}
