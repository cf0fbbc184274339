namespace Damon.Trace.Reports;

/// <summary>
/// Which part of a recording a report is about. A snapshot is inside a time range when any of its aggregation is.
/// </summary>
public record ReportSelection
{
    /// <summary>Only this target; else all.</summary>
    public ulong? TargetId { get; init; }

    /// <summary>Only from this time on, nanoseconds after the begin of the first snapshot.</summary>
    public long? FromNs { get; init; }

    /// <summary>Only up to this time, nanoseconds after the begin of the first snapshot.</summary>
    public long? ToNs { get; init; }

    /// <summary>Only from this wall clock time on, nanoseconds since 1970 UTC.</summary>
    public long? FromWallNs { get; init; }

    /// <summary>Only up to this wall clock time, nanoseconds since 1970 UTC.</summary>
    public long? ToWallNs { get; init; }

    /// <summary>Intervals of a recording that does not tell them.</summary>
    public KnownIntervals Known { get; init; }

    /// <summary>Times as wall clock where the recording has one; else relative to the begin of the recording.</summary>
    public bool WallTime { get; init; }

    /// <summary>Columns of the terminal that text is for; wider lines are folded.</summary>
    public int TextColumns { get; init; } = 80;
}

/// <summary>Intervals the user tells for recordings that do not carry them: the text of perf script has none.</summary>
/// <param name="SampleUs">Sampling interval in microseconds.</param>
/// <param name="AggrUs">Aggregation interval in microseconds.</param>
public readonly record struct KnownIntervals(ulong? SampleUs, ulong? AggrUs);
