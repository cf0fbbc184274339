using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.HugePages;

/// <summary>
/// Which share of hot huge pages is touched, from a random sample of huge pages that were split for a while: of each of these it was read, so the
/// interval is that of a mean over pages (Wilson's score with the variance that they show).
/// </summary>
public sealed record SplitEstimate
{
    private const double SmallPages = (double)Events.HugePages.Bytes / HugePagesPass.SubpageBytes;

    /// <summary>Huge pages that were split; the same one may have been several times.</summary>
    public required long Pages { get; init; }

    /// <summary>Of these, pages of which anything was accessed meanwhile.</summary>
    public required long HotPages { get; init; }

    /// <summary>Mean share of the small pages of a hot one that were accessed meanwhile; null where none was hot.</summary>
    public required double? TouchedShare { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    public required double TouchedShareLow { get; init; }

    /// <summary>Upper end of its 95 % interval.</summary>
    public required double TouchedShareHigh { get; init; }

    /// <summary>For how long a page was split, on average.</summary>
    public required double WindowSeconds { get; init; }

    /// <summary>Pages that the kernel did not make huge again when asked.</summary>
    public required long LeftSmall { get; init; }

    /// <summary>The interval leaves more than half of all possibilities open: the share is not known.</summary>
    public bool IsUnknown => TouchedShareHigh - TouchedShareLow > 0.5;

    /// <summary>Null for no pages.</summary>
    internal static SplitEstimate? Of(IEnumerable<(SplitHugePage Page, ulong WindowNs)> split)
    {
        (SplitHugePage Page, ulong WindowNs)[] all = [.. split];
        if (all.Length == 0)
        {
            return null;
        }

        double[] shares = [.. all.Where(static one => one.Page.Touched > 0).Select(static one => one.Page.Touched / SmallPages)];
        double mean = shares.Length > 0 ? shares.Average() : 0;
        double variance = shares.Length > 1 ? shares.Sum(share => (share - mean) * (share - mean)) / (shares.Length - 1) : 0.25;
        var interval = ShareInterval.OfMeans(mean, variance, shares.Length);
        return new SplitEstimate
        {
            Pages = all.Length,
            HotPages = shares.Length,
            TouchedShare = shares.Length > 0 ? mean : null,
            TouchedShareLow = interval.Low,
            TouchedShareHigh = interval.High,
            WindowSeconds = all.Average(static one => one.WindowNs / 1e9),
            LeftSmall = all.Count(static one => one.Page.IsCollapsed == 0),
        };
    }
}
