using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>The second pass of a heatmap: sums the snapshots into the grids.</summary>
internal sealed class HeatmapFill(HeatmapOptions options, Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> grids)
    : ReportPass(options)
{
    /// <summary>Threads that sum a tape at most.</summary>
    private const int MostParts = 4;

    /// <summary>Larger grids are not doubled.</summary>
    private const int MostCells = 64 * 1024;

    private readonly HeatmapOptions _options = options;

    /// <summary>Sums what the first pass has held; each thread another stretch of time.</summary>
    public void Take(HeatmapTape tape)
    {
        bool isSmall = grids.Values.All(each => each.Grid.Columns * each.Grid.Bands.Sum(band => band.Rows) <= MostCells);
        int parts = isSmall ? Math.Min(Environment.ProcessorCount, MostParts) : 1;
        HeatmapFill[] fills = [.. Enumerable.Range(0, parts).Select(Part)];
        Parallel.ForEach(fills, fill => fill.Replay(tape));
        foreach (HeatmapFill fill in fills)
        {
            fill.MoveTo(grids);
        }

        HeatmapFill Part(int part) => new(
            _options, grids.ToDictionary(each => each.Key, each => (each.Value.Target, Grid: each.Value.Grid.Part(part, parts))));
    }

    private void Replay(HeatmapTape tape)
    {
        HeatmapGrid any = grids.Values.First().Grid;
        foreach (TapeChunk chunk in tape.Chunks.Where(chunk => chunk.Entries.Any(entry => any.Covers(entry.BeginNs, entry.EndNs))))
        {
            chunk.Replay((entry, snapshot) => Add(entry.Key, snapshot, entry.BeginNs, entry.EndNs, entry.MaxAccesses, entry.HzPerAccess));
        }
    }

    private void MoveTo(Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> whole)
    {
        foreach ((TargetKey key, (_, HeatmapGrid part)) in grids)
        {
            whole[key].Grid.Take(part);
        }
    }

    protected override void Take(Snapshot snapshot) => Add(
        new TargetKey(snapshot.KdamondTid, snapshot.TargetId), snapshot, Meter.BeginNs, Meter.EndNs, Meter.MaxAccesses, Meter.HzPerAccess);

    private void Add(TargetKey key, Snapshot snapshot, long beginNs, long endNs, double? maxAccesses, double? hzPerAccess)
    {
        // One unit a map: a snapshot whose number of checks nobody knows does not belong into a map of shares.
        if (grids.TryGetValue(key, out (HeatmapTarget Target, HeatmapGrid Grid) entry)
            && (entry.Target.MaxAccesses is null ? 1 : 1 / maxAccesses) is { } heat)
        {
            entry.Grid.Add(snapshot, beginNs, endNs, heat, hzPerAccess ?? 0);
        }
    }
}
