using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Exporters.Reports.Times;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report times</c>.</summary>
internal static class TimesCommand
{
    internal static Command Create()
    {
        var addresses = AddressRangeOption.Create();
        var minHz = new Option<double?>("--min-hz") { Description = "Regions accessed at least so often, in Hz.", CustomParser = Number.Rate, HelpName = "HZ" };
        var maxHz = new Option<double?>("--max-hz") { Description = "Regions accessed at most so often, in Hz.", CustomParser = Number.Rate, HelpName = "HZ" };
        var minAccesses = new Option<uint?>("--min-nr-accesses") { Description = "Regions with at least so many samples.", CustomParser = Number.Nullable(0u, uint.MaxValue), HelpName = "N" };
        var maxAccesses = new Option<uint?>("--max-nr-accesses") { Description = "Regions with at most so many samples.", CustomParser = Number.Nullable(0u, uint.MaxValue), HelpName = "N" };
        Option<ulong?> minAge = Duration.Option("--min-age", "Regions whose frequency has been about the same for at least so long.");
        Option<ulong?> maxAge = Duration.Option("--max-age", "Regions whose frequency has been about the same for at most so long.");
        Option<ulong?> minSize = ByteSize.Option("--min-size", "Regions of at least this size in bytes.");
        Option<ulong?> maxSize = ByteSize.Option("--max-size", "Regions of at most this size in bytes.");
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
}
