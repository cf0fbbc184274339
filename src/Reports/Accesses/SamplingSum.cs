using Damon.Trace.Events;

namespace Damon.Trace.Reports.Accesses;

/// <summary>
/// What sampling came to in the selected time: the counters count from their begin, and begin again when the target executes another program.
/// </summary>
internal sealed class SamplingSum
{
    private readonly List<AccessSamplerState> _earlier = [];
    private AccessSamplerState? _first;
    private AccessSamplerState? _last;

    /// <summary>How it was sampled; null where that is not known.</summary>
    public AccessSamplerState? Last => _last;

    public double DurationSeconds => Sum(static counts => counts.DurationNs) / 1e9;

    public void Add(AccessSamplerState state)
    {
        if (_last is not null && state.Counts.DurationNs < _last.Counts.DurationNs)
        {
            _earlier.Add(_last);
        }

        _first ??= state;
        _last = state;
    }

    public AccessesCounts ToCounts(long accesses) => new()
    {
        Probes = Sum(static counts => counts.NrProbes),
        Hits = Sum(static counts => counts.NrHits),
        Misses = Sum(static counts => counts.NrProbes) - Sum(static counts => counts.NrHits),
        Accesses = accesses,
        NoDebugRegister = Sum(static counts => counts.NrNoRegister),
        ThreadsGone = Sum(static counts => counts.NrThreadsGone),
        Refused = Sum(static counts => counts.NrRefused),
        Lost = Sum(static counts => counts.NrLost),
        PutOff = Sum(static counts => counts.NrPutOff),
        UnknownAddress = Sum(static counts => counts.NrUnknown),
        Threads = (int)(_last?.Counts.NrThreads ?? 0),
        TargetCostSeconds = Sum(static counts => counts.TargetCostNs) / 1e9,
        TargetCpuSeconds = Sum(static counts => counts.TargetCpuNs) / 1e9,
        OwnCpuSeconds = Sum(static counts => counts.OwnCpuNs) / 1e9,
    };

    /// <summary>A recording that is selected from later on begins with counts of what was before; the first interval, a second, is not told apart.</summary>
    private long Sum(Func<AccessSamplerCounts, ulong> field)
    {
        ulong sum = _earlier.Aggregate(0UL, (before, state) => before + field(state.Counts)) + (_last is null ? 0 : field(_last.Counts));
        ulong before = _first is { Counts.DurationNs: > 2_000_000_000 } ? field(_first.Counts) : 0;
        return (long)(sum - Math.Min(sum, before));
    }
}
