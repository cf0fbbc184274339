using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>What the first pass learns about a target.</summary>
internal sealed class HeatmapTarget(TargetKey key)
{
    /// <summary>Fragments beyond this are joined over their smallest gaps: finer than any screen.</summary>
    private const int MaxRanges = 4096;

    public TargetKey Key { get; } = key;

    /// <summary>Whose it is.</summary>
    public required TargetIdentity Identity { get; init; }

    /// <summary>Accessed ranges once the regions have adapted; before, a coarse region makes everything in it look accessed.</summary>
    public RangeSet Accessed { get; } = new(MaxRanges);

    /// <summary>Accessed ranges of the first snapshots.</summary>
    public RangeSet AccessedEarly { get; } = new(MaxRanges);

    /// <summary>Snapshots seen.</summary>
    public int Snapshots { get; set; }

    /// <summary>What gets rows: memory that was accessed or is unknown, or all of it where nothing is.</summary>
    public RangeSet Drawn
    {
        get
        {
            RangeSet accessed = Accessed.Ranges.Count > 0 ? Accessed : AccessedEarly;
            if (accessed.Ranges.Count == 0 && Unknown.Ranges.Count == 0)
            {
                return Monitored;
            }

            RangeSet drawn = new(MaxRanges);
            foreach ((ulong start, ulong end) in accessed.Ranges.Concat(Unknown.Ranges))
            {
                drawn.Add(start, end);
            }

            return drawn;
        }
    }

    /// <summary>Ranges of which more was unknown than known: nobody may take them for never accessed.</summary>
    public RangeSet Unknown { get; } = new(MaxRanges);

    public RangeSet Monitored { get; } = new(MaxRanges);

    public bool HzKnown { get; set; }

    /// <summary>The largest frequency that could be seen, in Hz: 1 / sampling interval, the largest of the recording.</summary>
    public double? MaxHz { get; set; }

    /// <summary>The smallest of them: the sampling interval may change while recording.</summary>
    public double? LeastMaxHz { get; set; }

    public double? MaxAccesses { get; set; }
}
