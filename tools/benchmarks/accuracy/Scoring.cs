namespace Damon.Trace.Accuracy;

/// <summary>Compares a recording with the truth, in the mappings that the truth is about.</summary>
internal sealed class Scoring(Recording recording, Truth truth, long startNs, int seconds, double leastIntervalNs = 0)
{
    private readonly List<AddressRange> _maps = AddressRange.Union(truth.Maps);

    internal Score Compute()
    {
        Window[] counted = [.. recording.Windows.Where(window => window.BeginNs >= startNs + (seconds * 500_000_000L))];
        var windows = counted.Select(window => (Window: window, Truth: truth.BytesTouched(window.BeginNs, window.EndNs))).ToList();
        List<Estimate?> estimates = [.. counted.Select(window => window.Estimate(_maps))];
        double[] intervals = [.. counted.Select(window => truth.BytesPerInterval(window.BeginNs, window.EndNs, Math.Max(window.SampleNs, leastIntervalNs)))];
        double?[] covered = [.. estimates.Zip(intervals, (estimate, bytes) => (double?)(estimate is null ? null : estimate.Value.Has(bytes) ? 1 : 0))];
        return new Score
        {
            Snapshots = recording.Windows.Count,
            TruthBytes = Score.Median(windows.Select(w => (double?)w.Truth)) ?? 0,
            DamoBytes = Score.Median(counted.Select(w => (double?)w.AccessedBytes(_maps))) ?? 0,
            TruthPerIntervalBytes = intervals.Average(bytes => (double?)bytes),
            EstimateBytes = estimates.Average(estimate => estimate?.Bytes),
            LowBytes = estimates.Average(estimate => estimate?.LowBytes),
            HighBytes = estimates.Average(estimate => estimate?.HighBytes),
            UnknownBytes = Score.Median(estimates.Select(estimate => estimate?.UnknownBytes)),
            Covered = covered.Average(),
            Recall = truth.IsSolid ? Recall(counted) : null,
            Precision = truth.IsSolid ? Precision(counted) : null,
            FalseBytes = Score.Median(counted.Select(w => (double?)FalseBytes(w))) ?? 0,
            NoticedSeconds = truth.IsSolid ? Noticed() : null,
        };
    }

    /// <summary>Told hot: accessed in half of the samples in which it was.</summary>
    private double HotBytes(Window window, List<AddressRange> ranges) =>
        window.HotBytes(ranges, truth.InUse(window.BeginNs, window.EndNs, window.SampleNs) / 2);

    private double? Recall(Window[] windows)
    {
        double hot = 0;
        double found = 0;
        foreach (Window window in windows)
        {
            List<AddressRange> ranges = AddressRange.Union(truth.HotThroughout(window.BeginNs, window.EndNs));
            hot += ranges.Sum(range => (double)range.Size);
            found += HotBytes(window, ranges);
        }

        return hot == 0 ? null : found / hot;
    }

    private double? Precision(Window[] windows)
    {
        double told = windows.Sum(window => HotBytes(window, _maps));
        return told == 0 ? null : 1 - (windows.Sum(FalseBytes) / told);
    }

    private double FalseBytes(Window window) =>
        HotBytes(window, _maps) - HotBytes(window, AddressRange.Union(truth.TouchedIn(window.BeginNs, window.EndNs)));

    /// <summary>The middle one of the times from when a range is hot, and recorded, until a snapshot tells most of it hot.</summary>
    private double? Noticed()
    {
        List<double> times = [];
        foreach (Access phase in truth.Hot.Where(phase => phase.EndNs > startNs))
        {
            long beginNs = Math.Max(phase.BeginNs, startNs);
            List<AddressRange> range = [phase.Range];
            Window? first = recording.Windows.FirstOrDefault(window =>
                window.EndNs > beginNs && window.BeginNs < phase.EndNs && HotBytes(window, range) >= Score.HotShareFound * phase.Range.Size);
            times.Add(first is null ? double.PositiveInfinity : (first.EndNs - beginNs) / 1e9);
        }

        double? median = Score.Median(times.Select(time => (double?)time));
        return median is double.PositiveInfinity ? null : median;
    }
}
