using System.Globalization;
using System.Text.RegularExpressions;
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
    case ["who", var recorder, var load, var number, var rows] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int pairs):
        WhoCost.Write(recorder, load, pairs, new Regex(rows), Console.Out);
        return 0;
    case ["methods"]:
        return KnownMethods.Run();
    case ["who-methods", var recorder]:
        KnownMethods.Write(recorder, Console.Out);
        return 0;
    case ["library", var group]:
        return EventCost.PrintLibrary(group);
    default:
        Console.Error.WriteLine("usage: benchmarks EVENTS OUT.nettrace | cost eventpipe|usdt|lttng|user-events attached|alone | library GROUP | checks\n"
            + "       benchmarks who DAMON-TRACE LOAD PAIRS ROWS | who-methods DAMON-TRACE, as tools/benchmarks/who does");
        return 1;
}
