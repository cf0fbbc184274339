namespace Damon.Trace.Cli.Live;

/// <summary>One snapshot as the view keeps it. Instances are reused once they are older than the view shows.</summary>
internal sealed class LiveSnapshot
{
    private LiveRegion[] _regions = [];
    private int _count;

    /// <summary>Begin and end of its aggregation, nanoseconds of the recording's clock.</summary>
    internal long BeginNs { get; set; }

    internal long EndNs { get; set; }

    /// <summary>What a share of 1 is in Hz: one access seen in every sampling interval. Null when the intervals are unknown.</summary>
    internal double? MaxHz { get; set; }

    /// <summary>Length of one aggregation interval, the unit of age; null when unknown.</summary>
    internal double? AgeSeconds { get; set; }

    /// <summary>Bytes found accessed at least once.</summary>
    internal ulong WorkingSetBytes { get; set; }

    internal ReadOnlySpan<LiveRegion> Regions => _regions.AsSpan(0, _count);

    internal void Clear() => _count = 0;

    internal void Add(in LiveRegion region)
    {
        if (_count == _regions.Length)
        {
            Array.Resize(ref _regions, Math.Max(64, _count * 2));
        }

        _regions[_count++] = region;
    }
}
