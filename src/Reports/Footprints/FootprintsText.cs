using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Footprints;

/// <summary><c>report footprint</c> for people.</summary>
internal static class FootprintsText
{
    private const int MaxRows = 24;

    public static void Write(FootprintsResult result, FootprintsOptions options, TextWriter output)
    {
        if (result.Targets.Count == 0)
        {
            output.WriteLine("footprint: the recording has none of what was asked for; record does with -p or -- COMMAND");
        }

        foreach (FootprintsTarget target in result.Targets)
        {
            string who = new TargetIdentity("", 0, target.TargetId, target.Pid, target.Comm).Describe();
            output.WriteLine(ReportText.Invariant($"footprint of {who}, {target.Readings} readings, {target.Snapshots} snapshots"));
            if (target.OverTime is { } points)
            {
                WritePoints(points, new ReportTime(result.Recording, options.WallTime), output);
            }
            else
            {
                WritePercentiles(target.Percentiles, output);
            }

            WriteMemory(target, output);
            output.WriteLine("WSS working set, RSS resident, PSS resident divided by its sharers, VSZ virtual");
            output.WriteLine();
        }

        result.Recording.WriteEnd(output);
    }

    private static void WriteMemory(FootprintsTarget target, TextWriter output)
    {
        if (target.Memory is not { } memory)
        {
            return;
        }

        MemoryStates states = memory.States;
        string notPopulated = states.NotPopulatedBytes is { } bytes ? $", {ReportText.ShortSize(bytes)} mapped are not populated" : "";
        output.WriteLine($"{ReportText.ShortSize(states.ResidentBytes)} resident at the end{notPopulated}:");
        output.WriteLine($"{ReportText.ShortSize(states.HotBytes)} accessed within {ReportText.Seconds(memory.ColdAfterSeconds)} "
            + $"({ReportText.ShortSize(states.HotLowBytes)} to {ReportText.ShortSize(states.HotHighBytes)}, 95 %),");
        output.WriteLine($"{ReportText.ShortSize(states.ColdBytes)} not, {ReportText.ShortSize(states.UnknownBytes)} unknown");
    }

    private static void WritePercentiles(IReadOnlyList<FootprintsPercentile> rows, TextWriter output)
    {
        output.WriteLine($"  percentile{Titles()}");
        foreach (FootprintsPercentile row in rows)
        {
            output.WriteLine(ReportText.Invariant($"  {row.Percentile,10}")
                + Sizes(row.WssBytes, row.RssBytes, row.PssBytes, row.SwapBytes, row.VszBytes));
        }

        FootprintsPercentile? median = rows.FirstOrDefault(row => row.Percentile == 50);
        if (median is { WssBytes: { } wss, RssBytes: > 0 and { } rss })
        {
            output.WriteLine($"median working set: {ReportText.Percent((double)wss / rss)} of the median resident size");
        }
    }

    private static void WritePoints(IReadOnlyList<FootprintsPoint> points, ReportTime time, TextWriter output)
    {
        output.WriteLine($"  {time.Unit}; the last reading of each stretch of time");
        output.WriteLine($"          at{Titles()}");
        foreach ((int first, int count) in TimeStretches.Divide(points, point => point.TimeNs, MaxRows))
        {
            FootprintsPoint point = points[first + count - 1];
            output.WriteLine($"{time.Short(point.TimeNs),12}"
                + Sizes(point.WssBytes, point.RssBytes, point.PssBytes, point.SwapBytes, point.VszBytes));
        }
    }

    private static string Titles() => $"{"WSS",13}{"RSS",13}{"PSS",13}{"swap",13}{"VSZ",13}";

    private static string Sizes(params ReadOnlySpan<ulong?> sizes)
    {
        string line = "";
        foreach (ulong? size in sizes)
        {
            line += $"{(size is { } bytes ? ReportText.ShortSize(bytes) : "-"),13}";
        }

        return line;
    }
}
