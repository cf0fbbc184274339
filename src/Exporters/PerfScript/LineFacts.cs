namespace Damon.Trace.Exporters.PerfScript;

/// <summary>What the lines of a snapshot share, beside cpu and time.</summary>
/// <param name="line">One of them.</param>
internal sealed class LineFacts(in PerfScriptLine line)
{
    internal string Comm { get; } = line.Comm;

    internal int Tid { get; } = line.Tid;

    /// <summary>See <see cref="PerfScriptLine.EventName"/>.</summary>
    internal int EventName { get; } = line.EventName;

    internal ulong TargetId { get; } = line.Aggregated.TargetId;

    internal uint NrRegions { get; } = line.Aggregated.NrRegions;

    /// <summary>Whether these are also the facts of another line.</summary>
    internal bool IsOf(in PerfScriptLine line) =>
        Tid == line.Tid && EventName == line.EventName && TargetId == line.Aggregated.TargetId && NrRegions == line.Aggregated.NrRegions
        && Comm == line.Comm;
}
