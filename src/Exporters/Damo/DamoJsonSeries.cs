namespace Damon.Trace.Exporters.Damo;

/// <summary>One record as read: what holds for all its snapshots, which wait in the spool. Fields may come in any order.</summary>
internal sealed class DamoJsonSeries(SpoolSeries series)
{
    internal SpoolSeries Series { get; } = series;

    internal int KdamondIndex { get; set; }

    internal int ContextIndex { get; set; }

    internal int? SchemeIndex { get; set; }

    internal ulong TargetId { get; set; }

    internal ulong? SampleUs { get; set; }

    internal ulong? AggrUs { get; set; }

    /// <summary>Name of the kdamond's thread; only our own files have it.</summary>
    internal string? Name { get; set; }

    internal int Tid { get; set; }

    /// <summary>
    /// The kdamond as other formats name it. A further context, or the regions a scheme tried, are told apart by an addition: else they
    /// would mix with the plain results of the same target.
    /// </summary>
    internal string Kdamond => Name ?? $"kdamond.{KdamondIndex}"
        + (ContextIndex != 0 ? $".c{ContextIndex}" : "")
        + (SchemeIndex is { } scheme ? $".s{scheme}" : "");
}
