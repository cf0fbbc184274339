using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Who;

/// <summary><c>damon-trace who</c>: which functions and threads touch a range of memory, and whether they read or write it.</summary>
internal static class WhoCommand
{
    private const double MostProbes = 10_000;

    private static readonly TargetOptions s_target = new("The process.", isOne: true);

    private static readonly Option<AddressRange[]?> s_range = AddressRangeOption.CreateSeveral();

    private static readonly Option<string?> s_mapping = new("--mapping")
    {
        Description = "Only mappings of this name: a path, a file name, [heap], [stack], [anon]. Default: the hottest.",
        HelpName = "NAME",
    };

    private static readonly Option<int> s_hottest = new("--hottest")
    {
        Description = "The ranges of which most memory is touched, found by monitoring for a moment. Default: 3.",
        CustomParser = Number.Whole(1, 1000),
        DefaultValueFactory = _ => 3,
        HelpName = "N",
    };

    private static readonly Option<ulong?> s_monitor = Duration.Option("--monitor", "For how long the hottest ranges are looked for. Default: 3s.");

    private static readonly Option<ulong?> s_duration = Duration.Option("--duration", "For how long accesses are sampled. Default: 10s.");

    private static readonly Option<double?> s_probes = new("--probes-per-second")
    {
        Description = "Looks per second, fewer where a budget is reached. Default: 100 by watchpoints; by instructions 1000 per second of CPU time.",
        CustomParser = result =>
        {
            double? rate = Number.Rate(result);
            if (rate is not > 0 or > MostProbes)
            {
                result.AddError($"--probes-per-second is more than 0 and at most {MostProbes}");
                return null;
            }

            return rate;
        },
        HelpName = "N",
    };

    private static readonly Option<ulong?> s_window = Duration.Option("--window", "For how long a byte is watched, at most. Default: 10ms.");

    private static readonly Option<string> s_by = new("--by")
    {
        Description = "How accesses are seen: watchpoints (debug registers: exact accesses, also by the kernel), instructions (works anywhere: shares of CPU time), "
            + "or auto, the first that works here. Default: auto.",
        DefaultValueFactory = _ => AccessSamplers.Auto,
        HelpName = "METHOD",
    };

    private static readonly Option<double?> s_targetBudget = TargetBudgetOption.Create("Share of its CPU time that the target may lose. Default: 1%.");

    private static readonly Option<double?> s_cpuBudget = new("--cpu-budget")
    {
        Description = "Share of one CPU that damon-trace may use. Default: 5%.",
        CustomParser = Percent.ParseShare,
        HelpName = "PERCENT",
    };

    private static readonly Option<bool> s_dotNet = new("--dotnet-methods")
    {
        Description = "Ask the .NET runtime of the process to write its method names into its /tmp/perf-PID.map.",
    };

    private static readonly Option<int> s_count = new("--count")
    {
        Description = "Functions that are listed for a range. Default: 10.",
        CustomParser = Number.Whole(1, int.MaxValue),
        DefaultValueFactory = _ => 10,
        HelpName = "N",
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document with everything instead of text." };

    private static readonly Option<bool> s_folded = new("--folded")
    {
        Description = "Print stacks in one line each, for flame graphs; counts are millionths of all samples.",
    };

    internal static Command Create()
    {
        var command = new Command("who", "Which functions and threads touch a range of memory, and how much of it is written.")
        {
            s_range, s_mapping, s_hottest, s_monitor, s_duration, s_probes, s_window, s_by, s_targetBudget, s_cpuBudget, s_dotNet, s_count,
            s_json, s_folded,
        };
        s_target.AddTo(command);
        CommandHelp.Of(command)
            .WithUsage("[OPTIONS] -p PID (or --name, --unit, --cgroup, ...)")
            .WithGroup("Which process", s_target.All)
            .WithGroup("What to look at", s_range, s_mapping, s_hottest, s_monitor)
            .WithGroup("How", s_duration, s_probes, s_window, s_by, s_targetBudget, s_cpuBudget, s_dotNet)
            .WithGroup("Output", s_count, s_json, s_folded)
            .WithExample("sudo damon-trace who -p 99", "who touches its three hottest ranges")
            .WithExample("sudo damon-trace who -n redis-server --mapping [heap] --duration 30s", "who touches the heap of the only redis")
            .WithExample("sudo damon-trace who -p 99 --folded > who.folded", "then flamegraph.pl who.folded > who.svg");
        command.SetAction((parse, token) =>
        {
            WhoRun.Run(ToRequest(parse), parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, token);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static WhoRequest ToRequest(ParseResult parse)
    {
        TargetSelection target = s_target.Of(parse);
        if (target.IsEmpty)
        {
            throw Usage("no process to look at", "use 'damon-trace who -p PID', or --name, --unit, --cgroup");
        }

        if (target.Pids.Count > 1)
        {
            throw Usage($"who looks at one process, not at {target.Pids.Count}", $"use -p {target.Pids[0]}");
        }

        bool hottest = parse.GetResult(s_hottest) is { Implicit: false };
        bool[] choices = [parse.GetValue(s_range) is { Length: > 0 }, parse.GetValue(s_mapping) is not null, hottest];
        if (choices.Count(static chosen => chosen) > 1)
        {
            throw Usage("--address-range, --mapping and --hottest exclude each other", "leave all but one of them out");
        }

        if (parse.GetValue(s_json) && parse.GetValue(s_folded))
        {
            throw Usage("--json and --folded exclude each other", "leave one of them out");
        }

        string by = parse.GetValue(s_by)!;
        SamplerOption.Require(by);

        return new WhoRequest
        {
            Pid = PidOf(target),
            Ranges = parse.GetValue(s_range) ?? [],
            Mapping = parse.GetValue(s_mapping),
            Hottest = parse.GetValue(s_hottest),
            Monitor = Time(parse, s_monitor, 3_000_000),
            Duration = Time(parse, s_duration, 10_000_000),
            Window = Time(parse, s_window, 10_000),
            ProbesPerSecond = parse.GetValue(s_probes),
            TargetShare = parse.GetValue(s_targetBudget) ?? AccessSamplerOptions.DefaultTargetShare,
            CpuBudget = parse.GetValue(s_cpuBudget) ?? 0.05,
            Sampler = by,
            Count = parse.GetValue(s_count),
            Json = parse.GetValue(s_json),
            Folded = parse.GetValue(s_folded),
            DotNetMethods = parse.GetValue(s_dotNet),
        };
    }

    /// <summary>The only process that matches.</summary>
    /// <exception cref="TargetUnavailableException">None does.</exception>
    private static int PidOf(TargetSelection target)
    {
        const int MostInHint = 5;
        IReadOnlyList<int> found = target.IsFollowed ? new TargetSelector(target).SelectFirst() : target.Pids;
        return found.Count == 1 ? found[0] : throw Usage(
            $"who looks at one process, and {found.Count} match {target}",
            $"use -p with one of {string.Join(", ", found.Take(MostInHint))}{(found.Count > MostInHint ? ", ..." : "")}");
    }

    private static TimeSpan Time(ParseResult parse, Option<ulong?> option, ulong defaultUs)
    {
        ulong us = parse.GetValue(option) ?? defaultUs;
        return us > 0 ? TimeSpan.FromMicroseconds(us) : throw Usage($"{option.Name} is 0", $"use a duration, e.g. {Duration.Describe(defaultUs)}");
    }

    private static UserErrorException Usage(string message, string hint) => new(message, hint, ExitCode.Usage);
}
