using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Clears the ranges of a plan until time is up, beginning where the latest pass was cut off, so that no part of the target is always last.
/// </summary>
internal sealed class ColdPass(TargetProcess process, ColdClearer cold)
{
    // Two migrations and asking where the target runs take 50 to 100 us of CPU time; an interrupt less a page saves 2 to 4 us of it.
    private const int FewestRangesToHop = 32;

    private readonly CpuHop _hop = new();
    private ulong _begunAt;
    private ulong _resumeAt;
    private bool _isCut;

    /// <summary>Clears: 0, or -errno when the target as a whole refuses. No allocations.</summary>
    /// <param name="plan">Its outcomes are filled.</param>
    /// <param name="mayHop">Whether to go to the CPU of a single-threaded target for it.</param>
    /// <param name="deadlineNs">CLOCK_MONOTONIC time after which no further call is begun; one is always made.</param>
    internal int Run(ClearPlan plan, bool mayHop, long deadlineNs)
    {
        ReadOnlySpan<SysMman.IoVector> ranges = plan.Ranges;
        Span<ClearOutcome> outcomes = plan.Outcomes;
        bool hopped = mayHop && ranges.Length >= FewestRangesToHop && _hop.TryGo(process);
        int first = 0;
        while (first < ranges.Length && ranges[first].Base < _resumeAt)
        {
            first++;
        }

        outcomes.Clear();
        int result = cold.Clear(ranges[first..], outcomes[first..], deadlineNs);
        if (result == 0 && first > 0 && (first == ranges.Length || outcomes[^1] != ClearOutcome.Late))
        {
            result = cold.Clear(ranges[..first], outcomes[..first], deadlineNs);
        }

        if (hopped)
        {
            _hop.Return();
        }

        int late = first < ranges.Length ? outcomes[first..].IndexOf(ClearOutcome.Late) : -1;
        late = late >= 0 ? first + late : outcomes.IndexOf(ClearOutcome.Late);
        _begunAt = _resumeAt;
        _isCut = late >= 0;
        _resumeAt = _isCut ? ranges[late].Base : 0;
        return result;
    }

    /// <summary>Whether the latest pass came as far as an address, going round from where it began.</summary>
    internal bool HasReached(ulong address) => !_isCut
        || (_begunAt < _resumeAt ? address >= _begunAt && address < _resumeAt
            : _begunAt > _resumeAt && (address >= _begunAt || address < _resumeAt));
}
