using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Limit;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report limit</c>.</summary>
internal static class LimitCommand
{
    private const ulong DefaultLatencyUs = 100;

    internal static Command Create()
    {
        Option<ulong?> latency = Duration.Option(
            "--latency", "Time to bring one page back from swap or disk. Default: 100us.");
        var loss = new Option<double?>("--max-loss")
        {
            Description = "Share of one CPU's time that waiting for pages may take; the advice keeps to it. Default: 1%.",
            CustomParser = Percent.ParseShare,
            HelpName = "PERCENT",
        };
        var limits = new Option<ulong[]>("--limit")
        {
            Description = "Limits you have in mind, separated by commas; shown with a question mark. Default: none.",
            CustomParser = ByteSize.ParseList,
            HelpName = "SIZE",
        };
        Command command = ReportArguments.Create(
            "limit", "The memory limit to set: what each would push out, how often that would come back, and what it costs.", latency, loss, limits);
        CommandHelp.Of(command)
            .WithExample("damon-trace report limit a.nettrace", "candidates, and one as advice")
            .WithExample("damon-trace report limit a.nettrace --latency 20us --limit 1400M", "with a fast swap device; what 1400 MiB would cost");
        command.SetAction((parse, token) =>
        {
            Refuse("--latency", parse.GetValue(latency) == 0, "a page that takes no time to bring back costs nothing");
            Refuse("--limit", parse.GetValue(limits)?.Contains(0UL) == true, "no process runs in 0 bytes");
            var options = new LimitOptions
            {
                LatencyUs = parse.GetValue(latency) ?? DefaultLatencyUs,
                MaxLoss = parse.GetValue(loss) ?? 0.01,
                Limits = parse.GetValue(limits) ?? [],
            };
            return ReportArguments.Run(
                parse, (open, format, output) => LimitReport.Write(open, ReportArguments.Select(parse, options), format, output, token), token);
        });
        return command;
    }

    /// <exception cref="UserErrorException">It is 0.</exception>
    private static void Refuse(string option, bool isZero, string reason)
    {
        if (isZero)
        {
            throw new UserErrorException($"{option} must be greater than 0", reason, ExitCode.Usage);
        }
    }
}
