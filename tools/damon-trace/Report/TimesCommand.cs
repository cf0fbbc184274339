using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Reports.Times;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report times</c>.</summary>
internal static class TimesCommand
{
    internal static Command Create()
    {
        var addresses = AddressRangeOption.Create();
        Option<double?> minHz = Rate("--min-hz", "Regions accessed at least this often, in Hz. Default: any.");
        Option<double?> maxHz = Rate("--max-hz", "Regions accessed at most this often, in Hz. Default: any.");
        Option<uint?> minAccesses = Samples("--min-nr-accesses", "Regions with at least this number of samples. Default: any.");
        Option<uint?> maxAccesses = Samples("--max-nr-accesses", "Regions with at most this number of samples. Default: any.");
        Option<ulong?> minAge = Duration.Option("--min-age", "Regions whose frequency has been about the same for at least this long. Default: any.");
        Option<ulong?> maxAge = Duration.Option("--max-age", "Regions whose frequency has been about the same for at most this long. Default: any.");
        Option<ulong?> minSize = ByteSize.Option("--min-size", "Regions of at least this size. Default: any.");
        Option<ulong?> maxSize = ByteSize.Option("--max-size", "Regions of at most this size. Default: any.");
        Command command = ReportArguments.Create(
            "times", "When regions matched an access pattern. Default pattern: accessed at all.",
            addresses, minHz, maxHz, minAccesses, maxAccesses, minAge, maxAge, minSize, maxSize);
        CommandHelp.Of(command).WithExample("damon-trace report times a.nettrace --min-hz 10 --min-size 1M", "when 1 MiB and more was accessed ten times a second");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => TimesReport.Write(
            open,
            ReportArguments.Select(parse, new TimesOptions
            {
                FromAddress = parse.GetValue(addresses)?.Start,
                ToAddress = parse.GetValue(addresses)?.End,
                MinHz = parse.GetValue(minHz),
                MaxHz = parse.GetValue(maxHz),
                MinNrAccesses = parse.GetValue(minAccesses),
                MaxNrAccesses = parse.GetValue(maxAccesses),
                MinAgeUs = parse.GetValue(minAge),
                MaxAgeUs = parse.GetValue(maxAge),
                MinSizeBytes = parse.GetValue(minSize),
                MaxSizeBytes = parse.GetValue(maxSize),
            }),
            format,
            output,
            token), token));
        return command;
    }

    private static Option<double?> Rate(string name, string description) =>
        new(name) { Description = description, CustomParser = Number.Rate, HelpName = "HZ" };

    private static Option<uint?> Samples(string name, string description) =>
        new(name) { Description = description, CustomParser = Number.Nullable(0u, uint.MaxValue), HelpName = "N" };
}
