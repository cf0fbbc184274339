using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Regions;

/// <summary>
/// The hottest, coldest and oldest ranges with size, heat, age and the name of their mapping. Ranges are the regions of the last complete
/// snapshot; heat is their mean over the whole recording, weighted by area and time; age is that of the last snapshot.
/// </summary>
public static class RegionsReport
{
    /// <summary>Temperature of one per cent of samples found accessed, and of one microsecond of age: damo's default weights.</summary>
    private const double TemperatureWeight = 100;

    /// <summary>Reads the recording twice; memory depends on the number of regions, not on its length.</summary>
    public static RegionsResult Compute(Func<IRecordingReader> open, RegionsOptions options, CancellationToken cancellation = default)
    {
        LastSnapshots last = ReportRun.Read(open, new LastSnapshots(options), cancellation);
        Dictionary<TargetKey, RangeHeat[]> ranges = last.Entries.ToDictionary(entry => entry.Key, entry => ToRanges(entry.Value));
        HashSet<TargetKey> hzKnown = [.. last.Entries.Where(entry => entry.Value.HzKnown).Select(entry => entry.Key)];
        ReportRun.Read(open, new RangeHeatSum(options, ranges, hzKnown), cancellation);
        return new RegionsResult
        {
            Recording = last.Facts,
            Targets = [.. last.Targets.All.Select(entry => new RegionsTarget
            {
                Target = entry.Target,
                SnapshotEndNs = entry.Value.EndNs,
                NrRanges = ranges[KeyOf(entry.Target)].Length,
                Lists = Lists([.. ranges[KeyOf(entry.Target)].Select(range => Describe(last, entry.Target, entry.Value, range))], options),
            })],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, RegionsOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.RegionsResult, RegionsTable.Write,
            (result, text) => RegionsText.Write(result, options, text), output, options.TextColumns);

    private static TargetKey KeyOf(TargetIdentity target) => new(target.KdamondTid, target.TargetId);

    /// <summary>Neighbours of equal heat and age are one range: splits leave such halves behind.</summary>
    internal static RangeHeat[] ToRanges(LastSnapshots.Entry entry)
    {
        List<RangeHeat> ranges = [];
        ReadOnlySpan<RegionEvent> regions = entry.Regions;
        for (int i = 0; i < regions.Length;)
        {
            int next = i + 1;
            while (next < regions.Length && regions[next].Start == regions[next - 1].End
                && regions[next].NrAccesses == regions[i].NrAccesses && regions[next].Age == regions[i].Age)
            {
                next++;
            }

            ranges.Add(new RangeHeat
            {
                Start = regions[i].Start,
                End = regions[next - 1].End,
                Age = regions[i].Age,
                NrAccesses = regions[i].NrAccesses,
                Memory = entry.Estimates.IsEmpty ? null : MemoryOf(entry.Estimates[i..next]),
            });
            i = next;
        }

        return [.. ranges];
    }

    private static RangeMemory MemoryOf(ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        RangeMemory memory = default;
        foreach (ref readonly RegionEstimateRecord estimate in estimates)
        {
            memory.Add(in estimate, 1);
        }

        return memory;
    }

    private static RegionsRange Describe(LastSnapshots last, TargetIdentity target, LastSnapshots.Entry entry, RangeHeat range)
    {
        RangeName? name = last.Catalog.Name(target.TargetId, range.Start, range.End);
        ulong? ageUs = entry.AgeSeconds is { } seconds ? (ulong)Math.Round(range.Age * seconds * 1e6) : null;
        long? sinceNs = ageUs is { } us ? entry.EndNs - ((long)us * 1000) : null;
        double? percent = 100 * range.NrAccesses / entry.MaxAccesses;
        double? temperature = TemperatureWeight * (percent + ageUs);
        return new RegionsRange
        {
            Start = range.Start,
            End = range.End,
            SizeBytes = range.Size,
            MeanHz = entry.HzKnown ? range.Mean : null,
            MeanPercent = entry.MaxAccesses is null ? null : range.Share * 100,
            MeanNrAccesses = entry.HzKnown ? null : range.Mean,
            LastNrAccesses = range.NrAccesses,
            ResidentBytes = (ulong?)range.Memory?.Resident,
            UnknownBytes = (ulong?)range.Memory?.Unknown,
            MeanTouchedPercent = range.Memory is null ? null : range.TouchedShare * 100,
            SampledAccesses = range.SampledAccesses > 0 ? range.SampledAccesses : null,
            WriteShare = range.Writes?.Share,
            WriteShareLow = range.Writes?.Low,
            WriteShareHigh = range.Writes?.High,
            AgeIntervals = range.Age,
            AgeUs = ageUs,
            SinceNs = sinceNs,
            SinceWallNs = last.Facts.WallOf(sinceNs),
            Temperature = range.NrAccesses > 0 ? temperature : -temperature,
            Permissions = name?.Permissions,
            Mapping = name?.Name,
            OtherMappings = name?.OtherMappings ?? 0,
            Label = name?.Label ?? "",
        };
    }

    private static List<RegionsList> Lists(IReadOnlyList<RegionsRange> ranges, RegionsOptions options) =>
        [.. options.Orders.Distinct().Select(order => new RegionsList(NameOf(order), [.. Sort(ranges, order).Take(options.Count)]))];

    private static string NameOf(RegionOrder order) => order switch
    {
        RegionOrder.Hottest => "hottest",
        RegionOrder.Frequency => "most frequent",
        RegionOrder.Coldest => "coldest",
        RegionOrder.Oldest => "oldest",
        _ => "temperature",
    };

    private static IOrderedEnumerable<RegionsRange> Sort(IReadOnlyList<RegionsRange> ranges, RegionOrder order) => order switch
    {
        RegionOrder.Hottest => ranges.Where(range => Heat(range) > 0 || range.MeanTouchedPercent > 0)
            .OrderByDescending(HotBytes).ThenByDescending(Heat),
        RegionOrder.Frequency => ranges.Where(range => Heat(range) > 0).OrderByDescending(Heat).ThenByDescending(range => range.SizeBytes),
        RegionOrder.Coldest => ranges.Where(range => range.State is null).OrderBy(Heat)
            .ThenByDescending(range => range.AgeIntervals).ThenByDescending(range => range.SizeBytes),
        RegionOrder.Oldest => ranges.OrderByDescending(range => range.AgeIntervals).ThenByDescending(range => range.SizeBytes),
        _ => ranges.OrderByDescending(range => range.Temperature).ThenByDescending(range => range.SizeBytes),
    };

    /// <summary>
    /// Bytes times heat: a warm heap comes before one hot page. Of what samples estimate, the bytes touched in a sampling interval.
    /// </summary>
    private static double HotBytes(RegionsRange range) => range is { ResidentBytes: { } resident, MeanTouchedPercent: { } touched }
        ? resident * touched
        : range.SizeBytes * Heat(range);

    private static double Heat(RegionsRange range) => range.MeanHz ?? range.MeanNrAccesses ?? 0;
}

/// <summary>Which ranges are listed.</summary>
public sealed record RegionsOptions : ReportSelection
{
    /// <summary>Ranges in each list.</summary>
    public int Count { get; init; } = 10;

    /// <summary>The lists.</summary>
    public IReadOnlyList<RegionOrder> Orders { get; init; } = [RegionOrder.Hottest, RegionOrder.Coldest];
}

/// <summary>What a list of ranges begins with.</summary>
public enum RegionOrder
{
    /// <summary>The most bytes times mean heat; ranges without any access are not listed.</summary>
    Hottest,

    /// <summary>The highest mean heat, however small; ranges without any access are not listed.</summary>
    Frequency,

    /// <summary>The lowest mean heat, then the highest age.</summary>
    Coldest,

    /// <summary>The highest age: what has been the same for longest, hot or cold.</summary>
    Oldest,

    /// <summary>
    /// The highest temperature, with damo's default weights: 100 times the per cent of samples found accessed plus 100 times the age in
    /// microseconds; the negative of that where there was no access. What has been accessed for longest comes first, what has been idle for
    /// longest last.
    /// </summary>
    Temperature,
}
