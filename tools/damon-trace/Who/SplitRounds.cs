using Damon.Trace.Events;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Who;

/// <summary>Splits some huge pages of a target in each round and collapses them in the next, as far as the target's budget goes.</summary>
internal sealed class SplitRounds : IDisposable
{
    private const int MostPages = 16;

    // Until one was split and collapsed: 6 ms on a virtual machine.
    private const double FirstCostNs = 7e6;

    // As for watchpoints: a target that mostly sleeps may always lose its share of a tenth of the time.
    private const double LeastBusyShare = 0.1;

    private readonly HugePageSplit _split;
    private readonly TargetDescription _target;
    private readonly double _share;
    private readonly DamonTracepoint _tracepoint;
    private readonly SeededRandom _random = new((ulong)Environment.TickCount64);
    private readonly List<SplitPage> _results = [];
    private double _allowedNs;
    private long _beganNs;
    private long _cpuNs;
    private long _toldCostNs;

    internal SplitRounds(HugePageSplit split, TargetDescription target, double share, DamonTracepoint tracepoint)
    {
        _split = split;
        _target = target;
        _share = share;
        _tracepoint = tracepoint;
        _beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        _cpuNs = Time.GetProcessCpuNs(target.Pid);

        // A second of its time in advance, or short recordings would have none.
        _allowedNs = share * 1e9;
    }

    /// <summary>Splits as many as the budget allows; the round before is to be ended first.</summary>
    /// <param name="huge">Memory in huge pages.</param>
    internal void Begin(IReadOnlyList<AddressRange> huge)
    {
        Earn();
        double costNs = _split.NrSplit == 0 ? FirstCostNs : (double)_split.CostNs / _split.NrSplit;
        int count = Math.Min(MostPages, (int)(_allowedNs / costNs));
        if (count > 0)
        {
            _split.Begin(huge, count, _random);
        }
    }

    /// <summary>Sees what was accessed since.</summary>
    internal void Look() => _split.Look();

    /// <summary>Tells what was seen of the pages that are split, and collapses them.</summary>
    internal void End()
    {
        long windowNs = _split.WindowNs;
        _split.End(_results);
        if (_results.Count == 0)
        {
            return;
        }

        var facts = new SplitHugePages
        {
            TargetId = _target.TargetId,
            TimeNs = (ulong)Time.GetNs(Time.CLOCK_MONOTONIC),
            WindowNs = (ulong)windowNs,
            CostNs = (ulong)(_split.CostNs - _toldCostNs),
        };
        _allowedNs -= _split.CostNs - _toldCostNs;
        _toldCostNs = _split.CostNs;
        _tracepoint.OnSplitPages(in facts, [.. _results.Select(static page => new SplitHugePage
        {
            Start = page.Start,
            Touched = (uint)page.Touched,
            IsCollapsed = page.IsCollapsed ? 1u : 0u,
        })]);
        _results.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _split.Dispose();

    private void Earn()
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        long cpuNs = Time.GetProcessCpuNs(_target.Pid);
        _allowedNs += _share * Math.Max(cpuNs - _cpuNs, (nowNs - _beganNs) * LeastBusyShare);
        (_beganNs, _cpuNs) = (nowNs, cpuNs);
    }
}
