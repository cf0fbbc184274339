using System.Globalization;
using Damon.Trace.Benchmarks;

const int Regions = 1000;
switch (args)
{
    // Synthetic damon_aggregated events, 1000 regions a snapshot, through the real provider.
    case [var number, var path] when long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long events):
        SyntheticRecording.Write(path, (int)(events / Regions), Regions);
        return 0;
    case ["cost", var family, "attached" or "alone"]:
        return EventCost.Report(family, args[2] == "attached");
    case ["checks"]:
        CheckCosts.Write(Console.Out);
        return 0;
    case ["library", var group]:
        return EventCost.PrintLibrary(group);
    default:
        Console.Error.WriteLine("usage: benchmarks EVENTS OUT.nettrace | cost eventpipe|usdt|lttng|user-events attached|alone | library GROUP | checks");
        return 1;
}
