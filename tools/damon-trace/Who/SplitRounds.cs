using Damon.Trace.Events;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Who;

/// <summary>Splits some huge pages of a target in each round and collapses them in the next, as far as the target's budget goes.</summary>
internal sealed class SplitRounds(HugePageSplit split, TargetDescription target, DamonTracepoint tracepoint) : IDisposable
{
    // In less, what is accessed now and then is not.
    private const long ShortestNs = 1_000_000_000;

    private readonly SeededRandom _random = new((ulong)Environment.TickCount64);
    private readonly List<SplitPage> _results = [];
    private long _toldCostNs;

    /// <summary>Splits as many as the budget allows; the round before is to be ended first.</summary>
    /// <param name="huge">Memory in huge pages.</param>
    /// <returns>Whether any was split.</returns>
    internal bool Begin(IReadOnlyList<AddressRange> huge)
    {
        split.Begin(huge, _random);
        return split.WindowNs > 0;
    }

    /// <summary>As of <see cref="HugePageSplit"/>: the round is better ended.</summary>
    internal bool IsDisturbed => split.IsDisturbed;

    /// <summary>Sees what was accessed since.</summary>
    internal void Look() => split.Look();

    /// <summary>Tells what was seen of the pages that are split, and collapses them.</summary>
    internal void End()
    {
        long windowNs = split.End(_results);
        if (windowNs < ShortestNs)
        {
            _results.Clear();
            return;
        }

        var facts = new SplitHugePages
        {
            TargetId = target.TargetId,
            TimeNs = (ulong)Time.GetNs(Time.CLOCK_MONOTONIC),
            WindowNs = (ulong)windowNs,
            CostNs = (ulong)(split.CostNs - _toldCostNs),
        };
        _toldCostNs = split.CostNs;
        tracepoint.OnSplitPages(in facts, [.. _results.Select(static page => new SplitHugePage
        {
            Start = page.Start,
            Touched = (uint)page.Touched,
            IsCollapsed = page.IsCollapsed ? 1u : 0u,
        })]);
        _results.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => split.Dispose();
}
