using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>What one line says. Which fields count depends on its kind.</summary>
internal struct PerfScriptLine
{
    internal string Comm;
    internal int Tid;

    /// <summary>-1 where the line has no cpu column.</summary>
    internal int Cpu;

    internal long TimestampNs;
    internal DamonAggregated Aggregated;

    /// <summary>What an aggregated event shares with the lines around it; null where that is not to be told.</summary>
    internal LineFacts? Facts;

    /// <summary>A number for the name of an aggregated event, system included; 0 for a line without one.</summary>
    internal int EventName;

    /// <summary>An aggregated event has probe_hits behind its fields.</summary>
    internal bool HasProbeHits;

    /// <summary>One of them is not 0.</summary>
    internal bool AnyProbeHit;

    /// <summary>An event of a scheme, without time, cpu and thread.</summary>
    internal SchemeEvent Scheme;
    internal ulong SampleUs;
    internal long LostEvents;

    /// <summary>The time is a whole number of a clock that does not count seconds.</summary>
    internal bool HasWholeTime;

    /// <summary>Where the fraction of the second begins, and how many digits it has.</summary>
    internal int FractionAt;
    internal int FractionDigits;

    /// <summary>Where "start-end" begins; 0 for the shapes with named fields.</summary>
    internal int RangeAt;

    /// <summary>Of a malformed line: where in the line, and what should have been there.</summary>
    internal int ErrorAt;
    internal string? Expected;
}
