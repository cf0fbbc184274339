using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>What a reader of the numbers must know that the numbers do not say: of the recording, then of its targets.</summary>
internal static class SummaryDoubts
{
    /// <summary>Shares below this do not change a conclusion.</summary>
    private const double WorthSaying = 0.01;

    /// <summary>Regions need about so many aggregations to settle; damo leaves them out for that reason.</summary>
    private const int SettlingSnapshots = 20;

    /// <summary>The worst first.</summary>
    public static IEnumerable<Doubt> Of(
        RecordingEnd end, SummaryCounters counters, IReadOnlyCollection<ContextDescription> contexts, bool hasMappings) =>
        OfRecording(end, counters, contexts, hasMappings)
            .Concat(counters.Targets.SelectMany(target => TargetDoubts.Of(target, counters)))
            .OrderByDescending(doubt => doubt.Grade)
            .Select(doubt => new Doubt(doubt.Grade, doubt.Text));

    private static IEnumerable<(DoubtGrade Grade, string Text)> OfRecording(
        RecordingEnd end, SummaryCounters counters, IReadOnlyCollection<ContextDescription> contexts, bool hasMappings)
    {
        if (end.Truncation is { } truncation)
        {
            yield return (DoubtGrade.Warning, $"the recording breaks off: {truncation}");
        }

        if (end.LostEvents > 0 || end.IncompleteSnapshots > 0)
        {
            yield return (DoubtGrade.Warning, ReportText.Invariant(
                $"{end.LostEvents} events were lost, {end.IncompleteSnapshots} of {end.Snapshots} snapshots lack regions"));
        }

        foreach (string note in end.Notes)
        {
            yield return (DoubtGrade.Warning, note);
        }

        if (end.Snapshots < SettlingSnapshots && !contexts.All(static context => context.Labels.Contains("exact=yes", StringComparison.Ordinal)))
        {
            yield return (DoubtGrade.Info, ReportText.Invariant(
                $"only {end.Snapshots} snapshots: regions need about {SettlingSnapshots} to settle"));
        }

        if (counters.WithoutIntervals > 0)
        {
            yield return (DoubtGrade.Info, ReportText.Invariant(
                $"{counters.WithoutIntervals} snapshots without known intervals: no Hz for them"));
        }

        foreach ((DoubtGrade Grade, string Text) doubt in OfSamples(counters))
        {
            yield return doubt;
        }

        foreach ((DoubtGrade Grade, string Text) doubt in OfContexts(contexts))
        {
            yield return doubt;
        }

        if (!hasMappings && end.Snapshots > 0)
        {
            yield return (DoubtGrade.Info, "no mappings recorded: ranges have no names");
        }
    }

    private static IEnumerable<(DoubtGrade Grade, string Text)> OfSamples(SummaryCounters counters)
    {
        bool hasMemory = counters.Targets.Any(target => target.Memory is not null);
        if (!hasMemory && !counters.Idle.Any && counters.Targets.Any(target => target.Snapshots > 0))
        {
            yield return (DoubtGrade.Warning, MemoryRules.NotPopulatedMayBeCold);
        }

        // Where snapshots say what is unknown, these samples are in it.
        if (!hasMemory && counters.UnclearableShare >= WorthSaying)
        {
            yield return (DoubtGrade.Warning,
                $"{ReportText.Percent(counters.UnclearableShare)} of the samples fell on pages whose accessed bit cannot be cleared");
        }

        if (counters.UnpreparedShare >= WorthSaying)
        {
            yield return (hasMemory ? DoubtGrade.Info : DoubtGrade.Warning,
                $"{ReportText.Percent(counters.UnpreparedShare)} of the samples were not prepared in the time allowed");
        }

        if (counters.Last is { NrMissed: > 0 } last)
        {
            yield return (DoubtGrade.Info, ReportText.Invariant(
                $"{last.NrMissed} sampling intervals passed without a check: the machine was busy"));
        }
    }

    /// <summary>Intervals that a CPU budget or tuning changes are no doubt: every snapshot has its own.</summary>
    private static IEnumerable<(DoubtGrade Grade, string Text)> OfContexts(IReadOnlyCollection<ContextDescription> contexts)
    {
        foreach (IGrouping<string, ContextDescription> kdamond in contexts.GroupBy(context => context.Kdamond))
        {
            int settings = kdamond
                .Select(context => (context.AccessCheck, context.Attributes.MinNrRegions, context.Attributes.MaxNrRegions))
                .Distinct().Count();
            if (settings > 1)
            {
                yield return (DoubtGrade.Info, "the configuration changed during the recording");
            }
        }

        if (contexts.Any(context => context.Labels.Contains("granularity=mapping", StringComparison.Ordinal)))
        {
            bool fellBack = contexts.Any(context => context.Labels.Contains(RecordingLabels.FellBack, StringComparison.Ordinal));
            yield return (DoubtGrade.Warning,
                "accesses are known for whole mappings only: one page in use makes all of its mapping look hot"
                + (fellBack ? "; nothing finer worked, 'damon-trace doctor' says what it needs" : ""));
        }

        foreach ((string parent, string children) in contexts.SelectMany(context => RecordingLabels.UnrecordedChildren(context.Labels)).Distinct())
        {
            yield return (DoubtGrade.Warning, $"the memory of children of process {parent} is not recorded: {children}");
        }
    }
}
