using System.Globalization;
using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Cli.Live;

/// <summary>Draws one frame: state and size in, lines out. No clock, no terminal.</summary>
internal sealed class FrameRenderer(LiveState state, HeatPalette palette)
{
    private const int AddressWidth = 15;
    private const int LeastWidth = 60;
    private const int LeastHeight = 12;

    // Header 2, time axis 1, legend 1, working set and footprint 2, title of the list 1, footer 1.
    private const int FixedLines = 8;

    // Memory by state and cold memory over time, where there is room.
    private const int MemoryLines = 2;
    private const int HeightForMemory = 18;

    private IReadOnlyList<string>? _paused;
    private (int Width, int Height, ListKind List, int Sort, int Target) _pausedAt;

    /// <summary>Which target is shown; more than there are begins anew.</summary>
    internal int TargetIndex { get; set; }

    /// <summary>What the list shows.</summary>
    internal ListKind List { get; set; }

    /// <summary>By which column the list is sorted; more than there are begins anew.</summary>
    internal int Sort { get; set; }

    /// <summary>Whether the keys are explained instead.</summary>
    internal bool Help { get; set; }

    /// <summary>Whether the frame stays as it is, at the size it has.</summary>
    internal bool Paused { get; set; }

    /// <summary>As many lines as the height, none longer than the width (escape sequences not counted).</summary>
    internal IReadOnlyList<string> Render(int width, int height)
    {
        if (Help)
        {
            return [.. LiveHelp.Lines.Take(height).Select(line => Clip(line, width))];
        }

        if (Paused && _paused is { } frame && _pausedAt == (width, height, List, Sort, TargetIndex))
        {
            return frame;
        }

        IReadOnlyList<string> drawn = Draw(width, height);
        _paused = Paused ? drawn : null;
        _pausedAt = (width, height, List, Sort, TargetIndex);
        return drawn;
    }

    private List<string> Draw(int width, int height)
    {
        lock (state.Sync)
        {
            List<string> lines = [];
            if (width < LeastWidth || height < LeastHeight)
            {
                lines.Add(Clip($"too small: {width}x{height}, needs {LeastWidth}x{LeastHeight}", width));
            }
            else if (state.Targets.Count == 0)
            {
                lines.Add(Both("damon-trace live", Clock(), width));
                lines.AddRange(Waiting().Select(line => Clip(line, width)));
            }
            else
            {
                LiveTarget target = state.Targets[TargetIndex % state.Targets.Count];
                Draw(target, width, height, lines);
            }

            return lines;
        }
    }

    /// <summary>What there is to tell before the first snapshot: whether the recorder lives, and what it has done so far.</summary>
    private IEnumerable<string> Waiting()
    {
        if (state.End is not null)
        {
            yield return "the recording ended before its first snapshot";
            yield break;
        }

        yield return "waiting for the first snapshot";
        yield return state.Counters is { } counters
            ? ReportText.Invariant(
                $"the recorder runs; before we could look it made {counters.NrSnapshots} snapshots, {counters.NrLate} late and {counters.NrMissed} missed checks")
            : "the recorder has not been heard of yet";
    }

    private void Draw(LiveTarget target, int width, int height, List<string> lines)
    {
        int memory = height >= HeightForMemory ? MemoryLines : 0;
        string schemes = memory > 0 ? string.Join(" | ", state.Schemes.Select(static scheme => scheme.Describe())) : "";
        int optional = memory + (schemes.Length > 0 ? 1 : 0);
        int listed = Math.Max(3, (height - FixedLines - optional) / 3);
        int rows = height - FixedLines - optional - listed;
        lines.Add(Both(Title(target), Paused ? "paused" : state.End is null ? Clock() : "ended", width));
        lines.Add(Clip(Settings(target), width));
        if (target.Latest is not { } latest)
        {
            lines.Add("no complete snapshot yet");
            return;
        }

        DrawHeatmap(target, latest, width, rows, lines);
        lines.Add(Clip(WorkingSet(target, latest, width), width));
        lines.Add(Clip(FootprintOf(target), width));
        if (memory > 0)
        {
            lines.Add(Clip(Memory(target), width));
            lines.Add(Clip(Cold(target, width), width));
        }

        if (schemes.Length > 0)
        {
            lines.Add(Clip(schemes, width));
        }

        lines.AddRange(new LiveList(target, latest, state.Catalog, Sort).Lines(List, width).Take(listed + 1).Select(line => Clip(line, width)));
        while (lines.Count < height - 1)
        {
            lines.Add("");
        }

        string keys = state.Targets.Count > 1 ? "q quit, ? keys, t next" : "q quit, ? keys";
        string costs = Costs(target);
        lines.Add(Both(costs, costs.Length + keys.Length < width ? keys : "? keys", width));
    }

    private string Title(LiveTarget target)
    {
        string more = state.Targets.Count > 1 ? $" ({(TargetIndex % state.Targets.Count) + 1} of {state.Targets.Count})" : "";
        return $"damon-trace live: {state.Catalog.Describe(target.Key.TargetId)}{more}";
    }

    private string Clock() => state.Counters is { } counters
        ? DateTime.UnixEpoch.AddTicks((long)counters.WallNs / 100).ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
        : "";

    private string Settings(LiveTarget target)
    {
        if (state.Context is not { } context)
        {
            return "";
        }

        ContextAttributes attributes = context.Attributes;
        return $"sample {ReportText.Microseconds(attributes.SampleUs)}, aggr {ReportText.Microseconds(attributes.AggrUs)}, "
            + $"{target.Latest?.Regions.Length ?? 0} regions | {context.AccessCheck} ({context.Operations}) {context.Labels}";
    }

    private void DrawHeatmap(LiveTarget target, LiveSnapshot latest, int width, int rows, List<string> lines)
    {
        int nameWidth = Math.Clamp(width / 4, 16, 40);
        int columns = width - AddressWidth - nameWidth - 1;
        LiveHeatmap heatmap = target.Heatmap;
        heatmap.Fit(rows, columns, target.Snapshots, latest.EndNs);
        double hottest = heatmap.Hottest;
        int end = lines.Count + rows;
        foreach (HeatmapBand band in heatmap.Bands)
        {
            string shown = "";
            for (int row = 0; row < band.Rows && lines.Count < end; row++)
            {
                string name = state.Catalog.NameOf(target.Key.TargetId, band.RowStart(row), band.RowStart(row + 1));
                string label = name == shown ? "" : name;
                shown = name;
                lines.Add(Row(heatmap, band.FirstRow + row, band.RowStart(row), hottest) + " " + ReportText.ShortName(label, nameWidth));
            }
        }

        while (lines.Count < end)
        {
            lines.Add(heatmap.Bands.Count == 0 && lines.Count == end - rows ? "nothing was found accessed" : "");
        }

        string left = $"-{ReportText.Seconds(state.WindowNs / 1e9)}";
        lines.Add($"{new string(' ', AddressWidth)}{left}{"now".PadLeft(columns - left.Length)}");
        lines.Add(Clip(Legend(latest, hottest), width));
    }

    private string Row(LiveHeatmap heatmap, int row, ulong address, double hottest)
    {
        StringBuilder line = new(ReportText.Address(address).PadRight(AddressWidth));
        int before = -1;
        for (int column = 0; column < heatmap.Columns; column++)
        {
            int level = heatmap.IsUnknown(row, column) ? HeatPalette.Unknown : HeatPalette.Level(heatmap[row, column], hottest);
            if (level != before)
            {
                palette.Begin(line, level);
                before = level;
            }

            line.Append(HeatPalette.Digit(level));
        }

        if (before >= 0)
        {
            palette.End(line);
        }

        return line.ToString();
    }

    private static string Legend(LiveSnapshot latest, double hottest)
    {
        string all = latest.MaxHz is { } most ? ReportText.Invariant($"; 100 % is {most:F0} Hz") : "";
        return ReportText.Invariant($"heat: . 0 %, 9 up to {ReportText.Percent(hottest)} of samples, ? unknown{all}");
    }

    private string WorkingSet(LiveTarget target, LiveSnapshot latest, int width)
    {
        string text = $"working set {ReportText.Size(latest.WorkingSetBytes),13} ";
        ulong largest = target.Snapshots.Max(snapshot => snapshot.WorkingSetBytes);
        string most = $" max {ReportText.Size(largest)}";
        int columns = Math.Max(1, width - text.Length - most.Length);
        return text + Sparkline(target.Snapshots.Select(snapshot => (snapshot.EndNs, snapshot.WorkingSetBytes)), latest.EndNs, columns, largest) + most;
    }

    /// <summary>The mean size in each slot of the window, newest at the right.</summary>
    private string Sparkline(IEnumerable<(long TimeNs, ulong Bytes)> sizes, long nowNs, int columns, ulong largest)
    {
        double[] sums = new double[columns];
        int[] counts = new int[columns];
        foreach ((long timeNs, ulong bytes) in sizes)
        {
            long ago = nowNs - timeNs;
            int column = columns - 1 - (int)((Int128)ago * columns / (state.WindowNs + 1));
            sums[Math.Clamp(column, 0, columns - 1)] += bytes;
            counts[Math.Clamp(column, 0, columns - 1)]++;
        }

        return string.Create(columns, (sums, counts, largest, palette), static (line, data) =>
        {
            for (int column = 0; column < line.Length; column++)
            {
                line[column] = data.counts[column] == 0 ? ' ' : data.palette.Bar(data.sums[column] / data.counts[column] / Math.Max(1, data.largest));
            }
        });
    }

    private static string FootprintOf(LiveTarget target)
    {
        if (target.Footprint is not { } footprint)
        {
            return "footprint not known yet";
        }

        return $"resident {Held(footprint.RssBytes)}, proportional {Held(footprint.PssBytes)}, virtual {Held(footprint.VszBytes)}, "
            + $"swap {Held(footprint.SwapBytes)}";
    }

    private static string Held(ulong bytes) => bytes == Footprint.Unknown ? "?" : ReportText.Size(bytes);

    private static string Memory(LiveTarget target)
    {
        if (target.Memory.Latest is not { } memory)
        {
            return target.KnowsMemory ? "hot and cold: not known yet" : MemoryRules.NotPopulatedMayBeCold;
        }

        MemoryStates states = memory.States;
        string idle = ReportText.Microseconds((ulong)Math.Round(memory.ColdAfterSeconds * 1e6));
        return $"hot {ReportText.ShortSize(states.HotBytes)}, cold {ReportText.ShortSize(states.ColdBytes)} (idle > {idle}), "
            + $"unknown {ReportText.ShortSize(states.UnknownBytes)}, of {ReportText.ShortSize(states.ResidentBytes)}";
    }

    private string Cold(LiveTarget target, int width)
    {
        if (target.Memory.Latest is not { } memory)
        {
            return "";
        }

        string text = $"cold        {ReportText.Size(memory.States.ColdBytes),13} ";
        ulong largest = target.Memory.Cold.Max(look => look.Bytes);
        string most = $" max {ReportText.Size(largest)}";
        int columns = Math.Max(1, width - text.Length - most.Length);
        return text + Sparkline(target.Memory.Cold, memory.TimeNs, columns, largest) + most;
    }

    private string Costs(LiveTarget target)
    {
        List<string> costs = [];
        if (state.CpuShare is { } cpu)
        {
            costs.Add(ReportText.Invariant($"own CPU {cpu.Process * 100:F1} %"));
        }

        if (state.Counters is { } counters)
        {
            costs.Add(ReportText.Invariant($"{counters.NrLate} late, {counters.NrMissed} missed"));
        }

        costs.Add(ReportText.Invariant($"{target.NrIncomplete} of {target.NrSnapshots} incomplete"));
        if (target.NrUnclearable > 0)
        {
            costs.Add(ReportText.Invariant($"{target.NrUnclearable} unclearable"));
        }

        if (target.NrUnprepared > 0)
        {
            costs.Add(ReportText.Invariant($"{target.NrUnprepared} unprepared"));
        }

        if (state.End is { LostEvents: > 0 } end)
        {
            costs.Add(ReportText.Invariant($"{end.LostEvents} events lost"));
        }

        return string.Join(", ", costs);
    }

    private static string Both(string left, string right, int width)
    {
        int room = width - right.Length - 1;
        return room < LeastWidth / 2 ? Clip(left, width) : Clip(left, room).PadRight(room + 1) + right;
    }

    private static string Clip(string text, int width) => text.Length <= width ? text : text[..width];
}
