using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>What <c>report summary</c> says.</summary>
internal sealed record SummaryResult
{
    public required RecordingFacts Recording { get; init; }

    public required IReadOnlyList<TargetDescription> Processes { get; init; }

    /// <summary>Null where the recording does not describe its contexts.</summary>
    public required SummaryIntervals? Intervals { get; init; }

    /// <summary>How accessed pages became known, each way once.</summary>
    public required IReadOnlyList<SummaryCheck> AccessChecks { get; init; }

    /// <summary>Times the sampling interval was tuned.</summary>
    public required long IntervalsTuned { get; init; }

    public required IReadOnlyList<SummaryTargetResult> Targets { get; init; }

    /// <summary>Null without heartbeat.</summary>
    public required SummaryRecorder? Recorder { get; init; }

    /// <summary>What a reader of the numbers must know that the numbers do not say.</summary>
    public required IReadOnlyList<string> Doubts { get; init; }

    /// <summary>The same with their grades, the worst first.</summary>
    public required IReadOnlyList<Doubt> GradedDoubts { get; init; }
}
