using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Live;
using Damon.Trace.Cli.Names;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace live</c>: a view in the terminal that follows processes, or a recording in progress.</summary>
internal static class LiveCommand
{
    private static readonly TargetOptions s_targets = new("Processes to watch.");

    private static readonly Option<int?> s_attach = new("--attach")
    {
        Description = "Show what a running damon-trace records instead, by its process id. The recording does not notice.",
        CustomParser = Number.Nullable(1, int.MaxValue),
        HelpName = "PID",
    };

    private static readonly Option<string> s_check = AccessCheckOption.Create();

    private static readonly Option<ulong?> s_sample = Duration.Option(
        "--sample", "Sampling interval; the aggregation interval is 20 of them. Default: 5ms, stretched to keep within --cpu-budget.");

    private static readonly Option<double?> s_cpuBudget = new("--cpu-budget")
    {
        Description = "Share of one CPU that watching and drawing may use; the intervals stretch to fit. "
            + "Default: 5%, or none when an interval is given.",
        CustomParser = Percent.ParseShare,
        HelpName = "PERCENT",
    };

    private static readonly Option<double?> s_targetBudget = TargetBudgetOption.Create(
        "Share of their time that processes may lose to being looked at, which is dear on some virtual machines; the intervals stretch to fit. "
            + "Default: no bound.");

    private static readonly Option<ulong?> s_window = Duration.Option("--window", "Time from the left to the right edge of the heatmap. Default: 2min.");

    private static readonly Option<ulong?> s_duration = Duration.Option("--duration", "End after this time. Default: until q, Ctrl-C or the targets exit.");

    private static readonly Option<bool> s_dotNetNames = DotNetNamesOption.Create();

    private static readonly Option<string[]> s_names = NameKinds.OfRecordings();

    private static readonly Option<string> s_colour = CreateColour();

    internal static Command Create()
    {
        var command = new Command("live", "Show in the terminal what processes access while they do.")
        {
            s_attach, s_check, s_sample, s_cpuBudget, s_targetBudget, s_window, s_duration, s_dotNetNames, s_names, s_colour,
        };
        s_targets.AddTo(command);
        CommandHelp.Of(command)
            .WithUsage("-p PID | --attach PID [OPTIONS]")
            .WithGroup(TargetOptions.Group, s_targets.All)
            .WithGroup("What to show", s_attach, s_dotNetNames, s_names)
            .WithGroup("How it is watched", s_check, s_sample, s_cpuBudget, s_targetBudget)
            .WithGroup("The view", s_window, s_duration, s_colour)
            .WithExample("sudo damon-trace live -p 99", "watch a process; q ends")
            .WithExample("damon-trace live --attach 4711", "watch what the damon-trace with this id records");
        command.SetAction((parse, token) =>
        {
            TargetSelection targets = s_targets.Of(parse);
            int? attach = parse.GetValue(s_attach);
            if (!targets.IsEmpty == attach is not null)
            {
                throw new UserErrorException(
                    attach is null ? "nothing to show" : "only one of -p and --attach can be shown",
                    "use 'damon-trace live -p PID' or 'damon-trace live --attach PID-of-a-running-damon-trace'",
                    ExitCode.Usage);
            }

            var options = new LiveOptions(
                ToTime(parse.GetValue(s_window)) ?? TimeSpan.FromMinutes(2), ToTime(parse.GetValue(s_duration)), parse.GetValue(s_colour)!);
            TextWriter error = parse.InvocationConfiguration.Error;
            return attach is int pid
                ? LiveRun.AttachAsync(pid, options, error, token)
                : LiveRun.WatchAsync(ToRequest(parse, targets), options, error, token);
        });
        return command;
    }

    private static RecordRequest ToRequest(ParseResult parse, TargetSelection targets)
    {
        var defaults = new DamonAttributes();
        ulong sampleUs = parse.GetValue(s_sample) ?? defaults.SampleUs;
        ulong aggrUs = Math.Max(sampleUs, 1) * (defaults.AggrUs / defaults.SampleUs);
        double? cpuBudget = parse.GetValue(s_cpuBudget) ?? (parse.GetValue(s_sample) is null ? RecordRequest.DefaultCpuBudget : null);
        double? targetBudget = parse.GetValue(s_targetBudget);
        TargetBudgetOption.RefuseWithGivenIntervals(targetBudget, cpuBudget);
        DamonAttributes attributes = defaults with { SampleUs = sampleUs, AggrUs = aggrUs, UpdateUs = Math.Max(defaults.UpdateUs, aggrUs) };
        return new RecordRequest
        {
            Targets = targets,
            Command = [],
            Outputs = [],
            Attributes = AttributeOptions.Checked(attributes, "live"),
            AccessCheck = parse.GetValue(s_check)!,
            CpuBudget = cpuBudget,
            TargetBudget = targetBudget,
            DotNetNames = parse.GetValue(s_dotNetNames) || parse.GetValue(s_names)!.Contains(NameKinds.Generations),
            Names = [.. parse.GetValue(s_names)!.Where(static kind => kind != NameKinds.Generations)],
            Seed = (ulong)Random.Shared.NextInt64(),
        };
    }

    private static Option<string> CreateColour()
    {
        var option = new Option<string>("--color")
        {
            Description = "Colours: auto (by the terminal, NO_COLOR and TERM), never, 256 or truecolor. Default: auto.",
            DefaultValueFactory = _ => "auto",
            HelpName = "WHEN",
        };
        option.AcceptOnlyFromAmong("auto", "never", "256", "truecolor");
        return option;
    }

    private static TimeSpan? ToTime(ulong? us) => us is > 0 ? TimeSpan.FromMicroseconds(us.Value) : null;
}
