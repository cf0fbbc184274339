using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Input;
using Damon.Trace.Reports.Limit;

namespace Damon.Trace.Cli.Limits;

/// <summary><c>damon-trace verify-limit</c>.</summary>
internal static class VerifyLimitCommand
{
    private const double DefaultPressure = 0.2;

    private static readonly TimeSpan s_baseline = TimeSpan.FromSeconds(10);

    private static readonly Option<string?> s_group = new("--cgroup")
    {
        Description = "The control group (v2). Default: none, it must be given.",
        HelpName = "PATH",
    };

    private static readonly Option<ulong?> s_limit = ByteSize.Option("--limit", "The limit to try. Default: none, it must be given.");

    private static readonly Option<ulong?> s_duration = Duration.Option("--duration", "For how long. Default: 1min.");

    private static readonly Option<ulong?> s_before = Duration.Option("--before", "For how long to watch before, without the limit. Default: 10s.");

    private static readonly Option<double?> s_pressure = new("--max-pressure")
    {
        Description = "End early when some task waits for memory for more than this share of 5 s. Default: 20%.",
        CustomParser = Percent.ParseShare,
        HelpName = "PERCENT",
    };

    private static readonly Option<string?> s_input = new("--input", "-i")
    {
        Description = "A recording of the same processes: tells how far the prediction of 'report limit' is off. Default: none.",
        HelpName = "FILE",
    };

    internal static Command Create()
    {
        var command = new Command("verify-limit", "Try a memory limit on a control group for a while, watch what it costs, and restore the old one.")
        {
            s_group, s_limit, s_duration, s_before, s_pressure, s_input,
        };
        CommandHelp.Of(command)
            .WithUsage("--cgroup PATH --limit SIZE [OPTIONS]")
            .WithGroup("What to try", s_group, s_limit, s_duration)
            .WithGroup("How it is watched", s_before, s_pressure, s_input)
            .WithExample("sudo damon-trace verify-limit --cgroup system.slice/redis.service --limit 1400M -i a.nettrace", "as 'report limit a.nettrace' advised");
        command.SetAction((parse, token) => Task.FromResult(VerifyLimitRun.Run(
            ToRequest(parse, token), parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, token)));
        return command;
    }

    private static VerifyLimitRequest ToRequest(ParseResult parse, CancellationToken token)
    {
        string? group = parse.GetValue(s_group);
        ulong? limit = parse.GetValue(s_limit);
        if (group is null || limit is null or 0)
        {
            throw new UserErrorException(
                group is null ? "no control group to try a limit on" : "no limit to try",
                "use 'damon-trace verify-limit --cgroup PATH --limit SIZE'", ExitCode.Usage);
        }

        return new VerifyLimitRequest(
            group, limit.Value, Time(parse.GetValue(s_duration)) ?? TimeSpan.FromMinutes(1), Time(parse.GetValue(s_before)) ?? s_baseline,
            parse.GetValue(s_pressure) ?? DefaultPressure, PredictFrom(parse.GetValue(s_input), token));
    }

    private static Func<ulong, (double Rate, double Low, double? High)>? PredictFrom(string? path, CancellationToken token) => path is null ? null : limit =>
    {
        using var input = ReplayableInput.Open(path, token);
        return LimitReport.PredictRefaults(input.Read, limit, token) ?? throw new UserErrorException(
            "the recording says nothing about so small a limit", "'report limit' shows what it knows", ExitCode.BadInput);
    };

    private static TimeSpan? Time(ulong? us) => us is > 0 and { } time ? TimeSpan.FromMicroseconds(time) : null;
}
