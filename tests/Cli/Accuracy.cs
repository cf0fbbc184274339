using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests;

/// <summary>
/// How far a recording is from the truth. Only regions inside the exerciser's one big mapping count: the rest of the process (runtime,
/// stacks, libraries) has no known truth.
/// </summary>
internal sealed class Accuracy
{
    private readonly List<double> _reported = [];
    private readonly List<double> _true = [];
    private double _hotFound;
    private double _hotTotal;
    private double _coldAccessed;
    private double _coldTotal;
    private double _accessed;
    private double _usedAccessed;

    /// <summary>Snapshots that were compared.</summary>
    internal int Snapshots => _reported.Count;

    /// <summary>
    /// Part of the hot range in regions with at least half of the nr_accesses that were possible while it was in use.
    /// </summary>
    internal double HotRecall => _hotFound / _hotTotal;

    /// <summary>Part of the cold range in regions reported accessed.</summary>
    internal double ColdAccessed => _coldAccessed / _coldTotal;

    /// <summary>The reported working set, the middle one of all snapshots, in MiB.</summary>
    internal double WssMiB => Percentile(_reported, 50) / 1048576;

    /// <summary>Part of what is reported accessed that is hot or warm, and not cold.</summary>
    internal double Precision => _usedAccessed / _accessed;

    /// <summary>Relative error of the working set size at a percentile of its distribution over time.</summary>
    internal double WssError(int percentile)
    {
        double reported = Percentile(_reported, percentile);
        double truth = Percentile(_true, percentile);
        return Math.Abs(reported - truth) / truth;
    }

    internal static Accuracy Of(IEnumerable<RecordedSnapshot> snapshots, ExerciserTruth truth)
    {
        var accuracy = new Accuracy();
        foreach (RecordedSnapshot snapshot in snapshots.Where(IsUndisturbed))
        {
            accuracy.Add(snapshot, truth);
        }

        return accuracy;
    }

    /// <summary>
    /// Whether the aggregation took as long as its samples: it takes longer when sampling intervals pass without a check, and a machine that
    /// stands still for the recorder stands still for the target, which then does not do what it says it does all the time. Looks at followed
    /// pages, which may take 1.5 % of a CPU and come a second apart or more, make one of several aggregations of 100 ms longer by 15 to 30 ms.
    /// </summary>
    private static bool IsUndisturbed(RecordedSnapshot snapshot) =>
        (ulong)(snapshot.EndNs - snapshot.BeginNs) / 1000 < snapshot.NrSamples * snapshot.SampleUs * 3 / 2;

    public override string ToString() =>
        FormattableString.Invariant(
            $"{Snapshots} snapshots: WSS p50 {Percentile(_reported, 50) / 1048576:F1} MiB (error {100 * WssError(50):F1} %), p75 {Percentile(_reported, 75) / 1048576:F1} MiB (error {100 * WssError(75):F1} %), hot found {100 * HotRecall:F1} %, cold reported accessed {100 * ColdAccessed:F2} %");

    private void Add(RecordedSnapshot snapshot, ExerciserTruth truth)
    {
        double wss = 0;
        double possible = snapshot.NrSamples * truth.HotInUse(snapshot.BeginNs, snapshot.EndNs);
        foreach (RegionEvent region in snapshot.Regions)
        {
            double hot = Overlap(region, truth.Hot);
            double warm = Overlap(region, truth.Warm);
            double cold = Overlap(region, truth.Cold);
            _hotTotal += hot;
            _coldTotal += cold;
            if (region.NrAccesses * 2 >= possible)
            {
                _hotFound += hot;
            }

            if (region.NrAccesses > 0)
            {
                _coldAccessed += cold;
                wss += hot + warm + cold;
                _accessed += hot + warm + cold;
                _usedAccessed += hot + warm;
            }
        }

        _reported.Add(wss);
        _true.Add(truth.WorkingSet(snapshot.BeginNs, snapshot.EndNs));
    }

    private static double Overlap(in RegionEvent region, (ulong Start, ulong End) range)
    {
        ulong start = Math.Max(region.Start, range.Start);
        ulong end = Math.Min(region.End, range.End);
        return end > start ? end - start : 0;
    }

    private static double Percentile(List<double> values, int percentile)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, sorted.Length * percentile / 100)];
    }
}
