using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>
/// Time from left to right, addresses from top to bottom, heat as a digit: the share of samples that found it accessed, a mean over the
/// area and time of each cell, with the Hz it stands for in the legend. The share and not the Hz is drawn, because what can be seen at most
/// is 1 / sampling interval: memory that is always in use would seem to cool down whenever a CPU budget stretches that interval. Ages are
/// not used: filling the past from them counts the same accesses again for every snapshot.
/// </summary>
public static class HeatmapReport
{
    /// <summary>Each target costs a grid; a recording with more of them has to be looked at by target.</summary>
    private const int MaxTargets = 32;

    /// <summary>
    /// Digits after the point of what is written for machines: a millionth of a per cent or a Hz is below what sampling can tell.
    /// </summary>
    private const int Digits = 6;

    /// <summary>Some ten million regions of a settled process; less than reading them again takes.</summary>
    private const int TapeBytes = 24 << 20;

    /// <summary>Reads the recording twice, or once where it fits into 24 MB; memory does not depend on its length.</summary>
    public static HeatmapResult Compute(Func<IRecordingReader> open, HeatmapOptions options, CancellationToken cancellation = default) =>
        Compute(open, options, TapeBytes, cancellation);

    /// <param name="open">Opens the recording.</param>
    /// <param name="options">What to show.</param>
    /// <param name="tapeBytes">So much is held of it at most before it is read again.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static HeatmapResult Compute(
        Func<IRecordingReader> open, HeatmapOptions options, int tapeBytes, CancellationToken cancellation)
    {
        HeatmapExtent extent = Measure(open, options, cancellation, tapeBytes);
        var grids = Fill(open, options, extent, MaxTargets, cancellation);
        bool any = grids.Count > 0;
        return new HeatmapResult
        {
            Recording = extent.Facts,
            BeginNs = any ? extent.BeginNs : null,
            EndNs = any ? extent.EndNs : null,
            Columns = options.Columns,
            TargetsLeftOut = any ? extent.Targets.Count - grids.Count : 0,
            Targets = [.. grids.Values.Select(entry => Describe(extent.Catalog, entry.Target, entry.Grid, options.HottestFirst))],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, HeatmapOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.HeatmapResult, HeatmapTable.Write,
            (result, text) => new HeatmapCanvas(options, result, text).Draw(), output, options.TextColumns);

    /// <summary>The first pass.</summary>
    internal static HeatmapExtent Measure(
        Func<IRecordingReader> open, HeatmapOptions options, CancellationToken cancellation, int tapeBytes = TapeBytes) =>
        ReportRun.Read(open, new HeatmapExtent(options) { Tape = new HeatmapTape(tapeBytes) }, cancellation);

    /// <summary>The second pass: the grids of the first so many targets; none where no time or no target was selected.</summary>
    internal static Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> Fill(
        Func<IRecordingReader> open, HeatmapOptions options, HeatmapExtent extent, int most, CancellationToken cancellation)
    {
        (long beginNs, long endNs) = (extent.BeginNs, extent.EndNs);
        Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> grids = [];
        foreach (HeatmapTarget target in extent.Targets.Take(beginNs < endNs ? most : 0))
        {
            HeatmapBand[] bands = HeatmapLayout.Divide((options.AllAddresses ? target.Monitored : target.Drawn).Ranges, options.Rows);
            grids[target.Key] = (target, new HeatmapGrid(bands, options.Columns, beginNs, endNs));
        }

        if (grids.Count > 0)
        {
            HeatmapFill fill = new(options, grids);
            if (extent.Tape is { IsWhole: true } tape)
            {
                fill.Take(tape);
            }
            else
            {
                // What the first pass leaves behind would stay beside what the second one takes.
                GC.Collect();
                ReportRun.Read(open, fill, cancellation);
            }
        }

        return grids;
    }

    private static HeatmapMap Describe(TargetCatalog catalog, HeatmapTarget target, HeatmapGrid grid, bool hottestFirst)
    {
        bool share = target.MaxAccesses is not null;
        double scale = share ? 100 : 1;
        HeatmapBand[] bands = hottestFirst ? [.. grid.Bands.OrderByDescending(grid.MeanOf)] : grid.Bands;
        return new HeatmapMap
        {
            Target = target.Identity,
            Unit = share ? "percent" : "nr_accesses",
            Hottest = grid.Hottest * scale,
            MaxHz = target.MaxHz,
            LeastMaxHz = target.LeastMaxHz,
            Bands = Renumber(bands),
            BandNames = [.. bands.Select(band => catalog.NameOf(target.Key.TargetId, band.Start, band.End))],
            Monitored = target.Monitored,
            Rows = [.. bands.SelectMany(band => Enumerable.Range(0, band.Rows).Select(row => Row(catalog, target, grid, band, row, scale)))],
        };
    }

    /// <summary>The same stretches with their rows one after the other as they are listed.</summary>
    private static HeatmapBand[] Renumber(HeatmapBand[] bands)
    {
        int rows = 0;
        return [.. bands.Select(band => band with { FirstRow = (rows += band.Rows) - band.Rows })];
    }

    private static HeatmapRow Row(TargetCatalog catalog, HeatmapTarget target, HeatmapGrid grid, HeatmapBand band, int row, double scale)
    {
        double?[] heat = new double?[grid.Columns];
        double?[] hz = new double?[grid.Columns];
        bool[] unknown = new bool[grid.Columns];
        for (int column = 0; column < grid.Columns; column++)
        {
            double? cell = grid[band.FirstRow + row, column];
            heat[column] = cell is { } known ? Math.Round(known * scale, Digits) : null;
            unknown[column] = grid.State(band.FirstRow + row, column) == CellState.Unknown;
            hz[column] = target.HzKnown && grid.Hz(band.FirstRow + row, column) is { } frequency ? Math.Round(frequency, Digits) : null;
        }

        (ulong start, ulong end) = (band.RowStart(row), band.RowStart(row + 1));
        RangeName? name = catalog.Name(target.Key.TargetId, start, end);
        return new HeatmapRow(start, end, name?.Permissions, name?.Name, heat, hz, unknown);
    }
}

/// <summary>What a heatmap shows and how large it is.</summary>
public sealed record HeatmapOptions : ReportSelection
{
    /// <summary>Characters along the time axis. With the addresses on the left, 64 make a line of 78.</summary>
    public int Columns { get; init; } = 64;

    /// <summary>Characters along the address axis, over all bands of a target.</summary>
    public int Rows { get; init; } = 24;

    /// <summary>Only from this address on.</summary>
    public ulong? FromAddress { get; init; }

    /// <summary>Only up to this address.</summary>
    public ulong? ToAddress { get; init; }

    /// <summary>Rows for everything that was monitored; else only for what was accessed.</summary>
    public bool AllAddresses { get; init; }

    /// <summary>Stretches of addresses by their mean heat, the hottest first; else by address.</summary>
    public bool HottestFirst { get; init; }

    /// <summary>ANSI colours; see <see cref="ReportColour"/>.</summary>
    public bool Colour { get; init; }

    /// <summary>Reads <c>COLSxROWS</c>; null when it is not that.</summary>
    public static (int Columns, int Rows)? ParseResolution(string text)
    {
        string[] parts = text.Split('x');
        return parts.Length == 2 && int.TryParse(parts[0], out int columns) && int.TryParse(parts[1], out int rows)
            && columns is > 0 and <= 10_000 && rows is > 0 and <= 10_000
            ? (columns, rows)
            : null;
    }
}
