using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace record</c>: monitor processes and record what they access.</summary>
internal static class RecordCommand
{
    private const string DefaultOutput = "damon.nettrace";

    private static readonly Option<int[]> s_pids = new("--pid", "-p")
    {
        Description = "Processes to monitor: PID[,PID...].",
        CustomParser = ProcessIds.Parse,
        HelpName = "PID[,PID...]",
    };

    private static readonly Option<string[]> s_outputs = new("--output", "-o")
    {
        Description = "Where to record; repeat for several. The name tells the format: .nettrace, .txt, .parquet, .perf.data, .damo.json. "
            + $"- is stdout. Default: {DefaultOutput}.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_format = new("--format")
    {
        Description = $"Format of outputs whose name does not tell it, or of the only output: {OutputFormats.RecordNames}. "
            + "Default for -o -: txt.",
        HelpName = "FORMAT",
    };

    private static readonly Option<ulong?> s_sample = Interval(
        "--sample", "Sampling interval. Default: 5ms, stretched to keep within --cpu-budget.");

    private static readonly Option<ulong?> s_aggr = Interval("--aggr", "Aggregation interval. Default: 20 sampling intervals.");

    private static readonly Option<ulong?> s_update = Interval(
        "--update", "Regions update interval: how often mappings are read again. Default: 1s.");

    private static readonly Option<uint?> s_minRegions = new("--min-regions") { Description = "Least number of regions, 3 or more. Default: 10.", HelpName = "N" };

    private static readonly Option<uint?> s_maxRegions = new("--max-regions") { Description = "Largest number of regions. Default: 1000.", HelpName = "N" };

    private static readonly Option<string> s_check = new("--check")
    {
        Description = "How accessed pages become known: auto, or a name that 'damon-trace doctor' lists.",
        DefaultValueFactory = _ => "auto",
        HelpName = "NAME",
    };

    private static readonly Option<double?> s_cpuBudget = new("--cpu-budget")
    {
        Description = "Share of one CPU the recorder may use; the intervals stretch to fit. 1% is the advice for production. "
            + "Default: 5% when no interval is given, else none.",
        CustomParser = Percent.ParseShare,
        HelpName = "PERCENT",
    };

    private static readonly Option<bool> s_autotune = new("--autotune")
    {
        Description = "Tune the intervals to see accesses in 4 % of what could be seen at most, over 3 aggregations, 5ms to 10s.",
    };

    private static readonly Option<ulong?> s_duration = Interval("--duration", "End after this time. Default: until Ctrl-C or the targets exit.");

    private static readonly Option<bool> s_realtime = new("--realtime")
    {
        Description = "Run the kdamond with SCHED_FIFO, so that other load does not delay checks.",
    };

    private static readonly Option<int> s_bufferMb = new("--buffer-mb")
    {
        Description = "Memory for events not yet written, in MB; about 7,500 events each per 100 ms. Default: 64.",
        DefaultValueFactory = _ => 64,
        HelpName = "MB",
    };

    private static readonly Option<string> s_perfCompat = PerfCompatOption.Create();

    private static readonly Option<ulong?> s_seed = new("--seed") { Description = "Seed of the sampling addresses. Default: random.", HelpName = "N" };

    private static readonly Option<bool> s_kernel = new("--kernel")
    {
        Description = "Record the kernel's own DAMON instead: listens to the kdamonds that run and changes nothing. Needs root.",
    };

    private static readonly Option<bool> s_usdt = new("--usdt")
    {
        Description = "Let perf, bpftrace and others see the events as USDT probe damon:aggregated.",
    };

    private static readonly Option<bool> s_userEvents = new("--user-events")
    {
        Description = "Let perf, ftrace and bpftrace see them as user_events:damon_aggregated. Needs root and CONFIG_USER_EVENTS.",
    };

    private static readonly Option<bool> s_lttng = new("--lttng")
    {
        Description = "Let LTTng see them as user-space event damon:aggregated.",
    };

    private static readonly Argument<string[]> s_command = new("command")
    {
        Description = "Start this command and monitor it: record [options] -- COMMAND ARGS...",
        Arity = ArgumentArity.ZeroOrMore,
    };

    internal static Command Create()
    {
        var command = new Command("record", "Monitor processes and record which memory they access.")
        {
            s_pids, s_outputs, s_format, s_sample, s_aggr, s_update, s_minRegions, s_maxRegions, s_check, s_cpuBudget, s_autotune,
            s_duration, s_realtime, s_bufferMb, s_perfCompat, s_seed, s_kernel, s_usdt, s_userEvents, s_lttng, s_command,
        };
        command.SetAction((parse, token) =>
            RecordingRun.RunAsync(ToRequest(parse), parse.InvocationConfiguration.Error, token));
        return command;
    }

    private static RecordRequest ToRequest(ParseResult parse)
    {
        int[] pids = parse.GetValue(s_pids) ?? [];
        string[] command = parse.GetValue(s_command) ?? [];
        bool kernel = parse.GetValue(s_kernel);
        int sources = (pids.Length > 0 ? 1 : 0) + (command.Length > 0 ? 1 : 0) + (kernel ? 1 : 0);
        if (sources != 1)
        {
            throw new UserErrorException(
                sources == 0 ? "nothing to record" : "only one of -p, --kernel and a command can be recorded",
                "use 'damon-trace record -p PID', 'damon-trace record -- COMMAND ARGS...' or 'damon-trace record --kernel'",
                ExitCode.Usage);
        }

        if (kernel)
        {
            RefuseWithKernel(parse);
        }

        IReadOnlyList<OutputRequest> outputs = OutputRequest.Parse(
            parse.GetValue(s_outputs) is { Length: > 0 } paths ? paths : [DefaultOutput], parse.GetValue(s_format));
        if (outputs.Any(output => output.Format == OutputFormat.Ctf))
        {
            throw new UserErrorException(
                "a CTF trace is made by export", "record to a .nettrace, then: damon-trace export -i FILE -o DIR --format ctf", ExitCode.Usage);
        }

        bool intervalsGiven = parse.GetValue(s_sample) is not null || parse.GetValue(s_aggr) is not null || parse.GetValue(s_autotune);
        return new RecordRequest
        {
            Pids = pids,
            Command = command,
            Outputs = outputs,
            Kernel = kernel,
            Usdt = parse.GetValue(s_usdt),
            UserEvents = parse.GetValue(s_userEvents),
            Lttng = parse.GetValue(s_lttng),
            Attributes = Attributes(parse),
            AccessCheck = parse.GetValue(s_check)!,
            CpuBudget = parse.GetValue(s_cpuBudget) ?? (intervalsGiven ? null : RecordRequest.DefaultCpuBudget),
            Duration = parse.GetValue(s_duration) is ulong us ? TimeSpan.FromMicroseconds(us) : null,
            Realtime = parse.GetValue(s_realtime),
            BufferMb = parse.GetValue(s_bufferMb),
            PerfCompat = PerfCompatOption.Parse(parse.GetValue(s_perfCompat)!),
            Seed = parse.GetValue(s_seed) ?? (ulong)Random.Shared.NextInt64(),
        };
    }

    /// <summary>The kernel's kdamonds are somebody else's: options that would change one have no meaning.</summary>
    private static void RefuseWithKernel(ParseResult parse)
    {
        Option[] own =
        [
            s_sample, s_aggr, s_update, s_minRegions, s_maxRegions, s_check, s_cpuBudget, s_autotune, s_realtime, s_seed,
            s_usdt, s_userEvents, s_lttng,
        ];
        if (Array.Find(own, option => parse.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UserErrorException(
                $"{given.Name} has no meaning with --kernel, which only listens",
                "the kernel's settings are in /sys/kernel/mm/damon/admin; its events have their own tracepoint",
                ExitCode.Usage);
        }
    }

    private static DamonAttributes Attributes(ParseResult parse)
    {
        var defaults = new DamonAttributes();
        ulong sampleUs = parse.GetValue(s_sample) ?? defaults.SampleUs;
        ulong aggrUs = parse.GetValue(s_aggr) ?? Math.Max(sampleUs, 1) * (defaults.AggrUs / defaults.SampleUs);
        var attributes = defaults with
        {
            SampleUs = sampleUs,
            AggrUs = aggrUs,
            UpdateUs = parse.GetValue(s_update) ?? Math.Max(defaults.UpdateUs, aggrUs),
            MinNrRegions = parse.GetValue(s_minRegions) ?? defaults.MinNrRegions,
            MaxNrRegions = parse.GetValue(s_maxRegions) ?? defaults.MaxNrRegions,
            IntervalsGoal = parse.GetValue(s_autotune) ? new IntervalsGoal() : null,
        };
        IReadOnlyList<string> problems = attributes.Validate();
        if (problems.Count > 0)
        {
            throw new UserErrorException(string.Join("; ", problems), "see 'damon-trace record --help' for units and defaults", ExitCode.Usage);
        }

        return attributes;
    }

    private static Option<ulong?> Interval(string name, string description) =>
        new(name) { Description = description, CustomParser = Arguments.Duration.ParseUs, HelpName = "TIME" };
}
