using System.Globalization;
using Damon.Trace.Benchmarks;

// benchmarks EVENTS OUT.nettrace: synthetic damon_aggregated events, 1000 regions a snapshot, through the real provider.
// benchmarks checks: what every access check of this machine costs.
if (args is ["checks"])
{
    CheckCosts.Write(Console.Out);
    return 0;
}

if (args.Length != 2 || !long.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out long events))
{
    Console.Error.WriteLine("usage: benchmarks EVENTS OUT.nettrace | benchmarks checks");
    return 1;
}

const int Regions = 1000;
SyntheticRecording.Write(args[1], (int)(events / Regions), Regions);
return 0;
