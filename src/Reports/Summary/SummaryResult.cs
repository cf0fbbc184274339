using System.Text.Json.Serialization;
using Damon.Trace.Events;
using Damon.Trace.Reports.HugePages;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>What <c>report summary</c> says.</summary>
public sealed record SummaryResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>The processes recorded; of their command lines the program only.</summary>
    public required IReadOnlyList<TargetDescription> Processes { get; init; }

    /// <summary>Null where the recording does not describe its contexts.</summary>
    public required SummaryIntervals? Intervals { get; init; }

    /// <summary>How accessed pages became known, each way once.</summary>
    public required IReadOnlyList<SummaryCheck> AccessChecks { get; init; }

    /// <summary>Times the sampling interval was tuned.</summary>
    public required long IntervalsTuned { get; init; }

    /// <summary>
    /// Mean real length of a sampling window, in microseconds: from making pages old to looking at them. About the sampling interval: making old takes
    /// a part of it, late looks add to it. Null where the recording does not tell it.
    /// </summary>
    public required double? MeanWindowUs { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<SummaryTargetResult> Targets { get; init; }

    /// <summary>Null without heartbeat.</summary>
    public required SummaryRecorder? Recorder { get; init; }

    /// <summary>What hides in huge pages; null where accesses were not sampled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HugePagesTarget>? HugePages { get; init; }

    /// <summary>What a reader of the numbers must know that the numbers do not say.</summary>
    public required IReadOnlyList<string> Doubts { get; init; }

    /// <summary>The same with their grades, the worst first.</summary>
    public required IReadOnlyList<Doubt> GradedDoubts { get; init; }
}

/// <summary>The intervals and bounds of a recording; least and most where they changed. Null: not recorded, as in damo's files.</summary>
public sealed record SummaryIntervals(
    ulong MinSampleUs, ulong MaxSampleUs, ulong MinAggrUs, ulong MaxAggrUs, ulong? UpdateUs, uint? MinNrRegions, uint? MaxNrRegions)
{
    /// <summary>Also takes these intervals into account, which a snapshot told.</summary>
    public static SummaryIntervals Add(SummaryIntervals? known, ulong sampleUs, ulong aggrUs) => known is null
        ? new SummaryIntervals(sampleUs, sampleUs, aggrUs, aggrUs, null, null, null)
        : sampleUs < known.MinSampleUs || sampleUs > known.MaxSampleUs || aggrUs < known.MinAggrUs || aggrUs > known.MaxAggrUs
            ? new SummaryIntervals(
                Math.Min(known.MinSampleUs, sampleUs), Math.Max(known.MaxSampleUs, sampleUs), Math.Min(known.MinAggrUs, aggrUs),
                Math.Max(known.MaxAggrUs, aggrUs), null, null, null)
            : known;
}

/// <summary>How a kdamond came to know accessed pages, and the labels needed to read its numbers.</summary>
public sealed record SummaryCheck(string Kdamond, string Operations, string AccessCheck, string Labels);

/// <summary>What came out for one target.</summary>
public sealed record SummaryTargetResult
{
    /// <summary>Whose numbers they are.</summary>
    public required TargetIdentity Target { get; init; }

    /// <summary>What it needs, what is cold, what is unknown, and how sure that is: one sentence.</summary>
    public required string Headline { get; init; }

    /// <summary>Why no advice is given; null where the numbers carry it.</summary>
    public required string? RefusedAdvice { get; init; }

    /// <summary>Its memory by what is known of it; null where the recording has no idle times.</summary>
    public required TargetMemory? Memory { get; init; }

    /// <summary>Snapshots of which nothing was lost.</summary>
    public required int CompleteSnapshots { get; init; }

    /// <summary>Percentiles of the working set, by damo's rule; null without complete snapshot.</summary>
    public required ulong? WssP50Bytes { get; init; }

    /// <summary>See <see cref="WssP50Bytes"/>.</summary>
    public required ulong? WssP75Bytes { get; init; }

    /// <summary>See <see cref="WssP50Bytes"/>.</summary>
    public required ulong? WssP95Bytes { get; init; }

    /// <summary>Monitored in the last complete snapshot.</summary>
    public required ulong? MonitoredBytes { get; init; }

    /// <summary>The hottest range of the last complete snapshot.</summary>
    public required SummaryHottest? Hottest { get; init; }

    /// <summary>Memory idle for long at the end; null where nobody knows the aggregation interval, or nothing is idle.</summary>
    public required SummaryIdle? Idle { get; init; }

    /// <summary>Names with most accessed memory at the end.</summary>
    public required IReadOnlyList<SummaryMapping> Mappings { get; init; }

    /// <summary>The last reading; null where none was recorded.</summary>
    public required SummaryFootprint? Footprint { get; init; }
}

/// <summary>The hottest range of the last complete snapshot: the most accesses, then the largest.</summary>
public sealed record SummaryHottest(
    ulong Start, ulong End, ulong SizeBytes, uint NrAccesses, double? Hz, string? Mapping);

/// <summary>Memory idle for at least so long: of the longest time that holds for half of all idle memory.</summary>
public sealed record SummaryIdle(ulong IdleUs, ulong Bytes);

/// <summary>The memory of one name in the last complete snapshot.</summary>
public sealed record SummaryMapping(string Mapping, ulong AccessedBytes, ulong MonitoredBytes);

/// <summary>What memory a target held; null for what could not be read.</summary>
public sealed record SummaryFootprint(ulong? VszBytes, ulong? RssBytes, ulong? PssBytes, ulong? SwapBytes);

/// <summary>What recording cost and missed.</summary>
/// <param name="CpuPercent">Of one CPU, between the first heartbeat and the last; null with only one.</param>
/// <param name="LateChecks">Checks more than half a sampling interval late.</param>
/// <param name="MissedChecks">Sampling intervals without any check.</param>
public sealed record SummaryRecorder(double? CpuPercent, ulong LateChecks, ulong MissedChecks);
