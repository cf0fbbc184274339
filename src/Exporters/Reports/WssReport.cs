using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>
/// Distribution of the working set size: per snapshot the sum of the sizes of the regions that were accessed. Incomplete snapshots are
/// left out, for their sum would be too small, and counted.
/// </summary>
public sealed class WssReport(WssOptions options, TextWriter output) : IRecordingSink
{
    private static readonly int[] s_percentiles = [0, 25, 50, 75, 90, 95, 99, 100];

    private readonly TargetCatalog _catalog = new();
    private readonly Dictionary<TargetKey, WssSeries> _series = [];
    private readonly Dictionary<TargetKey, int> _seen = [];
    private readonly List<TargetKey> _order = [];
    private long _incomplete;
    private long _skipped;

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => _catalog.Add(target);

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_series.TryGetValue(key, out WssSeries? series))
        {
            _series.Add(key, series = new WssSeries());
            _order.Add(key);
        }

        int seen = _seen[key] = _seen.GetValueOrDefault(key) + 1;
        if (seen <= options.SkipSnapshots)
        {
            _skipped++;
        }
        else if (!snapshot.Complete)
        {
            _incomplete++;
        }
        else
        {
            series.Add(WssSeries.SizeOf(snapshot, options.AccessThreshold));
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        output.WriteLine(ReportText.Invariant(
            $"working set size: bytes of regions with nr_accesses >= {options.AccessThreshold}, per snapshot"));
        foreach (TargetKey key in _order)
        {
            WriteSeries(key, _series[key]);
        }

        output.WriteLine();
        output.WriteLine(ReportText.Invariant(
            $"left out: {_incomplete} incomplete snapshots, {_skipped} skipped at the start; lost events: {end.LostEvents}"));
        if (end.Truncation is { } truncation)
        {
            output.WriteLine($"the recording breaks off: {truncation}");
        }
    }

    private void WriteSeries(TargetKey key, WssSeries series)
    {
        output.WriteLine();
        output.WriteLine(ReportText.Invariant($"{_catalog.Describe(key.TargetId)}, {series.Count} snapshots"));
        if (series.Count == 0)
        {
            output.WriteLine("  no complete snapshot");
            return;
        }

        output.WriteLine(ReportText.Invariant($"  mean {series.Mean:F0} bytes, {ReportText.Size(series.Mean)}"));
        output.WriteLine("  percentile            bytes          size");
        ulong largest = series.Percentile(100);
        foreach (int percentile in s_percentiles)
        {
            ulong bytes = series.Percentile(percentile);
            int stars = largest == 0 ? 0 : (int)((UInt128)bytes * (uint)options.BarColumns / largest);
            string bar = new string('*', stars).PadRight(options.BarColumns);
            output.WriteLine(ReportText.Invariant($"  {percentile,10} {bytes,16} {ReportText.Size(bytes),13} |{bar}|"));
        }
    }
}
