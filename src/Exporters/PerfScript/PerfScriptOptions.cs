namespace Damon.Trace.Exporters.PerfScript;

/// <summary>How the text of <see cref="PerfScriptWriter"/> looks.</summary>
public sealed record PerfScriptOptions
{
    /// <summary>Width of the event name when nothing but <c>damon:damon_aggregated</c> is printed.</summary>
    public const int AggregatedNameWidth = 22;

    /// <summary>
    /// Width of the event name of all events, as Linux 7.0 has them: perf pads to the longest, <c>damon:damos_stat_after_apply_interval</c>.
    /// </summary>
    public const int AllEventsNameWidth = 37;

    /// <summary>Whose columns; perf 6.5 and later by default.</summary>
    public PerfCompat Compat { get; init; } = PerfCompat.Perf65;

    /// <summary>Print nine digits of the second, as <c>perf script --ns</c>, instead of six.</summary>
    public bool Nanoseconds { get; init; }

    /// <summary>Print <c>damon_monitor_intervals_tune</c> and <c>damos_*</c> too, not only <c>damon_aggregated</c>.</summary>
    public bool AllEvents { get; init; }

    /// <summary>Columns of the event name; null takes what perf takes for the events printed.</summary>
    public int? EventNameWidth { get; init; }

    /// <summary>Hand every snapshot on at once, for somebody who watches; otherwise output leaves in blocks of 128 KiB.</summary>
    public bool FlushEachSnapshot { get; init; }

    internal int NameWidth => EventNameWidth ?? (AllEvents ? AllEventsNameWidth : AggregatedNameWidth);

    internal int TidWidth => Compat == PerfCompat.Perf64 ? 5 : 7;
}
