using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports.Summary;

/// <summary>What a reader of the numbers must know that the numbers do not say.</summary>
internal static class SummaryDoubts
{
    /// <summary>Shares below this do not change a conclusion.</summary>
    private const double WorthSaying = 0.01;

    /// <summary>Regions need about so many aggregations to settle; damo leaves them out for that reason.</summary>
    private const int SettlingSnapshots = 20;

    public static IEnumerable<string> Of(
        RecordingEnd end, SummaryCounters counters, IReadOnlyCollection<ContextDescription> contexts, bool hasMappings)
    {
        if (end.Truncation is { } truncation)
        {
            yield return $"the recording breaks off: {truncation}";
        }

        if (end.LostEvents > 0 || end.IncompleteSnapshots > 0)
        {
            yield return ReportText.Invariant(
                $"{end.LostEvents} events were lost, {end.IncompleteSnapshots} of {end.Snapshots} snapshots lack regions");
        }

        if (end.Snapshots < SettlingSnapshots)
        {
            yield return ReportText.Invariant($"only {end.Snapshots} snapshots: regions need about {SettlingSnapshots} to settle");
        }

        if (counters.WithoutIntervals > 0)
        {
            yield return ReportText.Invariant($"{counters.WithoutIntervals} snapshots without known intervals: no Hz for them");
        }

        if (counters.UnclearableShare >= WorthSaying)
        {
            yield return $"{ReportText.Percent(counters.UnclearableShare)} of the samples fell on pages whose accessed bit cannot be cleared";
        }

        if (counters.UnpreparedShare >= WorthSaying)
        {
            yield return $"{ReportText.Percent(counters.UnpreparedShare)} of the samples were not prepared in the time allowed";
        }

        if (counters.Last is { NrMissed: > 0 } last)
        {
            yield return ReportText.Invariant($"{last.NrMissed} sampling intervals passed without a check: the machine was busy");
        }

        if (contexts.Count > 1 || counters.Tuned > 0)
        {
            yield return "the configuration changed during the recording";
        }

        if (!hasMappings && end.Snapshots > 0)
        {
            yield return "no mappings recorded: ranges have no names";
        }
    }
}
