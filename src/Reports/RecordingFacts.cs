namespace Damon.Trace.Reports;

/// <summary>Which recording, which part of it, and what is missing from it: the head of every report.</summary>
public sealed record RecordingFacts
{
    /// <summary>Begin of the first snapshot of the recording, nanoseconds of its clock: what relative times count from.</summary>
    public long? OriginNs { get; init; }

    /// <summary>Begin of the first snapshot that was selected.</summary>
    public long? BeginNs { get; init; }

    /// <summary>End of the last snapshot that was selected.</summary>
    public long? EndNs { get; init; }

    /// <summary>Add to a time of the recording to get nanoseconds since 1970 UTC; null without wall clock.</summary>
    public long? WallOffsetNs { get; init; }

    /// <summary>Snapshots of the whole recording.</summary>
    public long Snapshots { get; init; }

    /// <summary>Snapshots of which events were lost.</summary>
    public long IncompleteSnapshots { get; init; }

    /// <summary>Snapshots of the selected targets and time.</summary>
    public long SelectedSnapshots { get; init; }

    /// <summary>Events of the provider.</summary>
    public long Events { get; init; }

    /// <summary>Events that were lost, as far as the recording knows.</summary>
    public long LostEvents { get; init; }

    /// <summary>Where and why the recording breaks off; null when it ends as it should.</summary>
    public string? Truncation { get; init; }

    internal double Seconds => BeginNs is { } begin && EndNs is { } end && end > begin ? (end - begin) / 1e9 : 0;

    /// <summary>A time of the recording's clock in nanoseconds since 1970 UTC; null without wall clock.</summary>
    public long? WallOf(long? ns) => ns is { } time && WallOffsetNs is { } offset ? unchecked(time + offset) : null;

    /// <summary>The last lines of every text: what was read and what is missing.</summary>
    internal void WriteEnd(TextWriter output)
    {
        string selected = SelectedSnapshots == Snapshots ? "" : ReportText.Invariant($"{SelectedSnapshots} of ");
        output.WriteLine(ReportText.Invariant(
            $"{selected}{Snapshots} snapshots, {IncompleteSnapshots} incomplete, {LostEvents} events lost"));
        if (Truncation is not null)
        {
            output.WriteLine($"the recording breaks off: {ReportText.Clean(Truncation)}");
        }
    }
}
