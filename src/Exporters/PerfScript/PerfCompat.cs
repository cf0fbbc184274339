namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Which perf's text to print: the column of the thread id became wider in perf 6.5 (linux commit fe8e04348727).</summary>
public enum PerfCompat
{
    /// <summary>perf up to 6.4: the thread id takes at least 5 columns.</summary>
    Perf64,

    /// <summary>perf from 6.5 on: the thread id takes at least 7 columns.</summary>
    Perf65,
}
