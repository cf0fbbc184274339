using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.PerfRings;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.HardwareSamples;

/// <summary>
/// The access check `hardware-samples`: the processor samples memory accesses with their addresses (Intel PEBS, AMD IBS), and a region is
/// accessed when a sample of the window fell into it. Nothing of the target is touched. What was not sampled is missed: at 4,000 samples a
/// second and CPU, memory that takes a small share of the accesses shows up in few windows or none.
/// </summary>
public sealed class HardwareSamplesCheck : IAccessCheck
{
    // 24 bytes a sample: a second of the usual rate, four times over.
    private const int RingBytes = 512 << 10;

    private readonly TargetProcess _target;
    private readonly CpuRings _rings;
    private readonly SampledAddresses _samples;

    private HardwareSamplesCheck(TargetProcess target, CpuRings rings, string source)
    {
        _target = target;
        _rings = rings;
        _samples = new SampledAddresses(target.Pid);
        Labels = $"accesses=rw granularity=page sampled=yes source={source}";
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <inheritdoc/>
    public string Labels { get; }

    /// <summary>Samples lost because a ring or a window was full.</summary>
    public ulong NrLost => _samples.NrLost;

    /// <inheritdoc/>
    /// <remarks>Bounded by the samples of all processes since the last window, 10 ns each. No allocations.</remarks>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        Drain();
        _samples.Clear();
    }

    /// <inheritdoc/>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        Drain();
        ulong pageSize = (ulong)Unistd.PageSize;
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong page = addresses[i] & ~(pageSize - 1);
            states[i] = Judge(page, page + pageSize);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Bounded by the samples of the window, sorted once, and a binary search per region. No allocations.</remarks>
    public void ReadYoung(ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        Drain();
        for (int i = 0; i < regions.Length; i++)
        {
            states[i] = Judge(regions[i].Start, regions[i].End);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rings.Dispose();

    /// <summary>Begins to sample; null and the errno when the system refuses.</summary>
    /// <param name="target">The process whose samples count; stays the caller's.</param>
    /// <param name="events">What to sample, on every CPU.</param>
    /// <param name="source">Its name in the labels.</param>
    internal static HardwareSamplesCheck? TryOpen(
        TargetProcess target, IReadOnlyList<PerfEvent.Attr> events, string source, out int errno)
    {
        CpuRings? rings = CpuRings.Open(events, RingBytes, out errno);
        return rings is null ? null : new HardwareSamplesCheck(target, rings, source);
    }

    /// <summary>What a process that has exited accessed is nobody's memory any more.</summary>
    private void Drain()
    {
        var sink = new SampledAddresses.Sink(_samples);
        for (int i = 0; i < _rings.Rings.Count; i++)
        {
            _rings.Rings[i].Drain(ref sink);
        }

        if (_target.HasExited)
        {
            _samples.Clear();
        }
    }

    private AccessState Judge(ulong start, ulong end) => _samples.HasAnyIn(start, end) ? AccessState.Accessed : AccessState.NotAccessed;
}
