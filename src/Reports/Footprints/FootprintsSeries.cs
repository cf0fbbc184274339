using Damon.Trace.Events;

namespace Damon.Trace.Reports.Footprints;

/// <summary>Readings of the footprint of one target and its working sets.</summary>
internal sealed class FootprintsSeries(ulong targetId)
{
    private readonly List<(Footprint Footprint, ulong? WssBytes)> _readings = [];

    public ulong TargetId { get; } = targetId;

    public Distribution Vsz { get; } = new();

    public Distribution Rss { get; } = new();

    public Distribution Pss { get; } = new();

    public Distribution Swap { get; } = new();

    public Distribution Wss { get; } = new();

    /// <summary>Working set of the last complete snapshot.</summary>
    public ulong? LastWssBytes { get; private set; }

    /// <summary>In order of time; about one a second.</summary>
    public IReadOnlyList<(Footprint Footprint, ulong? WssBytes)> Readings => _readings;

    /// <summary>Null for what could not be read.</summary>
    public static ulong? Known(ulong bytes) => bytes == Footprint.Unknown ? null : bytes;

    public void Add(in Footprint footprint)
    {
        _readings.Add((footprint, LastWssBytes));
        Add(Vsz, footprint.VszBytes);
        Add(Rss, footprint.RssBytes);
        Add(Pss, footprint.PssBytes);
        Add(Swap, footprint.SwapBytes);
    }

    public void AddWorkingSet(ulong bytes)
    {
        LastWssBytes = bytes;
        Wss.Add(bytes);
    }

    private static void Add(Distribution sizes, ulong bytes)
    {
        if (Known(bytes) is { } known)
        {
            sizes.Add(known);
        }
    }
}
