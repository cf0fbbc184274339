using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Metrics;
using Damon.Trace.Cli.Names;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Cli.Schemes;
using Damon.Trace.Cli.Who;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace record</c>: monitor processes and record what they access.</summary>
internal static class RecordCommand
{
    private const string DefaultOutput = "damon.nettrace";
    private const ulong ExactAggrUs = 1_000_000;
    private const uint ExactMaxRegions = 100_000;

    private static readonly TargetOptions s_targets = new("Processes to monitor.");

    private static readonly Option<string[]> s_outputs = new("--output", "-o")
    {
        Description = $"Write the recording here; repeat for several files. The name says the format: {OutputFormats.FileNames}. - is stdout. "
            + $"Default: {DefaultOutput}.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_timestamps = TimestampsOption.Create();
    private static readonly Option<string?> s_format = new("--format")
    {
        Description = $"Format of outputs whose name does not say it: {OutputFormats.RecordNames}. "
            + "Default: by the name; of stdout txt.",
        HelpName = "FORMAT",
    };

    private static readonly AttributeOptions s_attributes = new(
        sample: "Sampling interval: how often each region is checked. Default: 5ms, stretched to keep within --cpu-budget.",
        aggr: "Aggregation interval: how often accesses are added up into a snapshot. Default: 20 times --sample, 100ms.",
        update: "Regions update interval: how often mappings are read again. Default: 1s.",
        minRegions: "Minimum number of regions, 3 or more. Default: 10.",
        maxRegions: "Maximum number of regions; the cost grows with it. Default: 1000, with --exact 100000.");

    private static readonly Option<string> s_check = AccessCheckOption.Create();

    private static readonly Option<bool> s_exact = new("--exact")
    {
        Description = "Check every page once per aggregation (--aggr, default 1s) instead of sampling regions, so no number is an estimate. "
            + "Costs the targets a fault or trap for each page they touch, and CPU that grows with their size. See also 'snapshot'.",
    };

    private static readonly Option<bool> s_allowInjection = new("--allow-injection")
    {
        Description = "With --check written-pages: stop each target for some milliseconds and make it run two system calls (x86-64). "
            + "If damon-trace is killed during that time, the target crashes.",
    };

    private static readonly Option<double?> s_cpuBudget = new("--cpu-budget")
    {
        Description = "Share of one CPU that recording may use; the intervals stretch to fit. In production use 1%. "
            + "Default: 5%, or none when an interval is given.",
        CustomParser = Percent.ParseShare,
        HelpName = "PERCENT",
    };

    private static readonly Option<double?> s_targetBudget = TargetBudgetOption.Create(
        "Share of their time that targets may lose to being looked at, which is dear on some virtual machines; the intervals stretch to fit. "
            + "With --who and --rw also to those samples. Default: no bound; with --schemes 1%, and 1% to the samples.");

    private static readonly Option<bool> s_autotune = new("--autotune")
    {
        Description = "Adjust the intervals until 4% of the possible accesses are seen, over 3 aggregations; --sample stays between 5ms and 10s.",
    };

    private static readonly Option<ulong?> s_duration = Duration.Option(
        "--duration", "End after this time. Default: until Ctrl-C or the targets exit.");

    private static readonly Option<(ulong? Bytes, TimeSpan? Period)?> s_rotate = new("--rotate")
    {
        Description = "Begin a new file when one has this size (100MB) or after this time (1h). Each is whole; its start time, in UTC, becomes "
            + "part of its name: a-20261129-180000.nettrace. Default: one file.",
        CustomParser = RotationRequest.Parse,
        HelpName = "SIZE|TIME",
    };

    private static readonly Option<int?> s_keep = new("--keep")
    {
        Description = "With --rotate: delete all but the newest N files of each output. Default: keep all, with a profile 24.",
        CustomParser = Number.Nullable(1, 1_000_000),
        HelpName = "N",
    };

    private static readonly Option<string?> s_profile = new("--profile")
    {
        Description = $"Settings for a purpose; individual options override it. {RecordProfile.Descriptions} Default: none.",
        HelpName = "NAME",
    };

    private static readonly Option<bool> s_realtime = new("--realtime")
    {
        Description = "Run the sampling thread with SCHED_FIFO, so that other load does not delay checks.",
    };

    private static readonly Option<int> s_bufferMb = new("--buffer-mb")
    {
        Description = "Memory for events that are not written yet, 1 to 4096 MB. Default: 64.",
        DefaultValueFactory = _ => 64,
        CustomParser = Number.Whole(1, 4096),
        HelpName = "MB",
    };

    private static readonly Option<string> s_perfCompat = PerfCompatOption.Create();

    private static readonly Option<ulong?> s_seed = new("--seed")
    {
        Description = "Seed of the sampling addresses. Default: random.",
        CustomParser = Number.Nullable(0ul, ulong.MaxValue),
        HelpName = "N",
    };

    private static readonly Option<bool> s_kernel = new("--kernel")
    {
        Description = "Let the kernel's own DAMON monitor. With -p, a command or --ops paddr it is driven: a kdamond is created, and removed "
            + "at the end; refused when it is in use. Alone: listen to the kdamonds that run, and change nothing. Needs root.",
    };

    private static readonly Option<string?> s_ops = new("--ops")
    {
        Description = "Operations set: vaddr (virtual addresses, following the mappings), fvaddr (those of --regions only), or with --kernel "
            + "paddr (physical addresses). Default: vaddr, with --regions fvaddr.",
        HelpName = "NAME",
    };

    private static readonly Option<AddressRange[]?> s_regions = new("--regions")
    {
        Description = "Address ranges to monitor with fvaddr and paddr: START-END[,START-END], in hexadecimal, the end not "
            + "included. Default with paddr: all System RAM.",
        CustomParser = AddressRanges.Parse,
        HelpName = "RANGES",
    };

    private static readonly Option<bool> s_dotNetNames = DotNetNamesOption.Create();

    private static readonly Option<string[]> s_names = NameKinds.OfRecordings();

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

    private static readonly Argument<string[]> s_command = new("COMMAND")
    {
        Description = "Start this command and monitor it; its own options come after --.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    internal static Command Create()
    {
        var command = new Command(
            "record", "Monitor processes and record which memory they access, when, and how often. 'damon-trace report' shows the recording.")
        {
            s_outputs, s_format, s_timestamps, s_attributes.Sample, s_attributes.Aggr, s_attributes.Update, s_attributes.MinRegions,
            s_attributes.MaxRegions, s_exact, s_check, s_allowInjection, s_cpuBudget, s_targetBudget, s_autotune, s_duration, s_realtime, s_bufferMb,
            s_perfCompat,
            s_seed, s_rotate, s_keep, s_profile, s_kernel, s_ops, s_regions, s_dotNetNames, s_names, s_usdt, s_userEvents, s_lttng,
            RecordedSchemes.File, RecordedSchemes.Yes, AccessRequest.WhoOption, AccessRequest.ReadWriteOption, AccessRequest.ByOption,
            AccessRequest.DotNetMethodsOption, AccessRequest.SplitOption, s_command,
        };
        s_targets.AddTo(command);
        command.Add(ConfigFile.Option);
        command.Add(MetricsRequest.ListenOption);
        command.Add(MetricsRequest.OtlpOption);
        CommandHelp.Of(command)
            .WithUsage("[OPTIONS] -p PID (or --name, --unit, --cgroup, ...)", "[OPTIONS] -- COMMAND [ARGS...]")
            .WithGroup(TargetOptions.Group, s_targets.All)
            .WithGroup("Most used", s_outputs, s_duration, s_cpuBudget, s_check)
            .WithGroup("How closely", s_attributes.Sample, s_attributes.Aggr, s_attributes.Update, s_attributes.MinRegions,
                s_attributes.MaxRegions, s_targetBudget, s_autotune, s_exact)
            .WithGroup("Which memory, and its names", s_ops, s_regions, s_dotNetNames, s_names)
            .WithGroup("Who accesses it", AccessRequest.Options)
            .WithGroup("Acting on it", RecordedSchemes.File, RecordedSchemes.Yes)
            .WithGroup("Output", s_format, s_timestamps, s_perfCompat)
            .WithGroup("Always on", s_profile, s_rotate, s_keep, MetricsRequest.ListenOption, MetricsRequest.OtlpOption, ConfigFile.Option)
            .WithGroup("How the recorder works", s_allowInjection, s_realtime, s_seed, s_bufferMb)
            .WithGroup("The kernel's own DAMON", s_kernel)
            .WithGroup("Events for perf, bpftrace and LTTng", s_usdt, s_userEvents, s_lttng)
            .WithExample("sudo damon-trace record -p 99", "until Ctrl-C, into damon.nettrace")
            .WithExample("sudo damon-trace record -p 99 --duration 10s -o a.nettrace -o a.parquet", "ten seconds, in two formats")
            .WithExample("sudo damon-trace record -p 99 --who --duration 1m", "and who accesses it: then damon-trace report who")
            .WithExample("damon-trace record -o - -- ./my-program --its options", "start a program and watch it, text to stdout")
            .WithExample("sudo damon-trace record -p 99 --exact --duration 10s", "every page, second by second")
            .WithExample("sudo damon-trace record --unit postgresql --cpu-budget 1%", "all processes of a service as they come and go, gently");
        command.SetAction((parse, token) =>
        {
            Func<ParseResult>? readAgain = (parse.InvocationConfiguration as CommandInvocation)?.ReadAgain;
            return RecordingRun.RunAsync(
                ToRequest(parse), readAgain is null ? null : () => ToRequest(readAgain()), parse.InvocationConfiguration.Error, token);
        });
        return command;
    }

    private static RecordRequest ToRequest(ParseResult parse)
    {
        bool intervalsGiven = parse.GetValue(s_attributes.Sample) is not null || parse.GetValue(s_attributes.Aggr) is not null
            || parse.GetValue(s_autotune);
        AddressRange[] regions = parse.GetValue(s_regions) ?? [];
        RecordProfile? profile = RecordProfile.Find(parse.GetValue(s_profile));
        var request = new RecordRequest
        {
            Targets = s_targets.Of(parse),
            Command = parse.GetValue(s_command) ?? [],
            Outputs = Outputs(parse),
            Kernel = parse.GetValue(s_kernel),
            Operations = parse.GetValue(s_ops) ?? (regions.Length > 0 ? KernelContext.Fvaddr : KernelContext.Vaddr),
            Regions = regions,
            DotNetNames = parse.GetValue(s_dotNetNames) || parse.GetValue(s_names)!.Contains(NameKinds.Generations),
            Names = [.. parse.GetValue(s_names)!.Where(static kind => kind != NameKinds.Generations)],
            Usdt = parse.GetValue(s_usdt),
            UserEvents = parse.GetValue(s_userEvents),
            Lttng = parse.GetValue(s_lttng),
            Accesses = AccessRequest.Of(parse, parse.GetValue(s_cpuBudget), parse.GetValue(s_targetBudget)),
            Schemes = RecordedSchemes.Of(parse, starts: parse.GetValue(s_command) is { Length: > 0 }),
            Exact = parse.GetValue(s_exact),
            Attributes = parse.GetValue(s_exact) ? ExactAttributes(parse) : Attributes(parse),
            AccessCheck = parse.GetValue(s_check)!,
            AllowInjection = parse.GetValue(s_allowInjection),
            CpuBudget = parse.GetValue(s_cpuBudget) ?? profile?.CpuBudget ?? (intervalsGiven ? null : RecordRequest.DefaultCpuBudget),
            TargetBudget = parse.GetValue(s_targetBudget),
            Rotation = Rotation(parse, profile),
            Metrics = MetricsRequest.Of(parse),
            Duration = parse.GetValue(s_duration) is ulong us ? TimeSpan.FromMicroseconds(us) : null,
            Realtime = parse.GetValue(s_realtime),
            BufferMb = profile is not null && parse.GetResult(s_bufferMb) is not { Implicit: false } ? profile.BufferMb : parse.GetValue(s_bufferMb),
            PerfCompat = PerfCompatOption.Parse(parse.GetValue(s_perfCompat)!),
            Seed = parse.GetValue(s_seed) ?? (ulong)Random.Shared.NextInt64(),
        };
        if (request.Exact)
        {
            RefuseWithExact(parse, samplesAccesses: request.Accesses is not null);
        }
        else if (request is { Accesses: null, Kernel: false })
        {
            TargetBudgetOption.RefuseWithGivenIntervals(request.TargetBudget, request.CpuBudget);
        }

        CheckSource(request);
        CheckDuration(request);
        if (request.Kernel)
        {
            RefuseWithKernel(parse, request);
            RefuseFollowing(request.Targets);
        }

        return request;
    }

    private static RotationRequest? Rotation(ParseResult parse, RecordProfile? profile)
    {
        (ulong? Bytes, TimeSpan? Period)? given = parse.GetValue(s_rotate);
        int? keep = parse.GetValue(s_keep);
        if (given is null && profile is null)
        {
            return keep is null
                ? null
                : throw new UserErrorException("--keep has no meaning without --rotate", "add e.g. --rotate 1h", ExitCode.Usage);
        }

        if (Outputs(parse).FirstOrDefault(static output => output.IsStdout || IsDevice(output.Path)) is { } stream)
        {
            return given is null
                ? null
                : throw new UserErrorException($"'{stream.Path}' cannot be rotated: it is no file", "name a file with -o", ExitCode.Usage);
        }

        return new RotationRequest(given is null ? profile!.RotateBytes : given?.Bytes, given?.Period, keep ?? profile?.Keep ?? 0);
    }

    /// <summary>A device or a pipe, for example /dev/null: nothing there could be renamed.</summary>
    private static bool IsDevice(string path) => Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal)
        && !Path.GetFullPath(path).StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>Nothing can come of a recording that ends before its first aggregation does.</summary>
    private static void CheckDuration(RecordRequest request)
    {
        ulong aggrUs = request.Attributes.AggrUs;
        if (request.Duration is { } duration && duration < TimeSpan.FromMicroseconds(aggrUs) && (request.DrivesKernel || !request.Kernel))
        {
            throw new UserErrorException(
                $"--duration {Duration.Describe((ulong)duration.TotalMicroseconds)} is shorter than one aggregation, {Duration.Describe(aggrUs)}",
                "record for several seconds; a bare number is seconds, --aggr sets the aggregation interval", ExitCode.Usage);
        }
    }

    private static IReadOnlyList<OutputRequest> Outputs(ParseResult parse)
    {
        IReadOnlyList<OutputRequest> outputs = OutputRequest.WithTimestamps(
            OutputRequest.Parse(parse.GetValue(s_outputs) is { Length: > 0 } paths ? paths : [DefaultOutput], parse.GetValue(s_format), OutputFormats.RecordNames),
            parse.GetValue(s_timestamps));
        return outputs.Any(output => output.Format == OutputFormat.Ctf)
            ? throw new UserErrorException(
                "a CTF trace is made by export", "record to a .nettrace, then: damon-trace export -i FILE -o DIR --format ctf", ExitCode.Usage)
            : outputs;
    }

    /// <summary>What is to be recorded must be clear, and make sense together.</summary>
    private static void CheckSource(RecordRequest request)
    {
        bool physical = request.Operations == KernelContext.Paddr;
        int sources = (request.Targets.IsEmpty ? 0 : 1) + (request.Command.Count > 0 ? 1 : 0) + (physical ? 1 : 0);
        (string Problem, string Hint)? mistake = request.Operations switch
        {
            KernelContext.Paddr when !request.Kernel => ("physical memory is monitored by the kernel only", "add --kernel"),
            KernelContext.Fvaddr when request.Regions.Count == 0 => ("fvaddr needs the ranges to monitor", "add e.g. --regions 0x7f0000000000-0x7f0000400000"),
            KernelContext.Vaddr when request.Regions.Count > 0 => ("--regions has no meaning with vaddr, which follows the mappings", "use --ops fvaddr"),
            KernelContext.Vaddr or KernelContext.Fvaddr or KernelContext.Paddr => null,
            _ => ($"there is no operations set '{request.Operations}'", "use vaddr, fvaddr or paddr"),
        };
        mistake ??= sources > 1
            ? ("only one of -p, --ops paddr and a command can be recorded", "record them one after the other")
            : sources == 0 && (!request.Kernel || request.Regions.Count > 0)
                ? ("nothing to record", "use 'damon-trace record -p PID', 'damon-trace record -- COMMAND ARGS...' or 'damon-trace record --kernel'")
                : null;
        if (mistake is { } found)
        {
            throw new UserErrorException(found.Problem, found.Hint, ExitCode.Usage);
        }
    }

    /// <summary>The kernel samples itself, as it likes; and kdamonds we only listen to are somebody else's, with their settings.</summary>
    private static void RefuseWithKernel(ParseResult parse, RecordRequest request)
    {
        Option[] samplingOptions =
        [
            s_rotate, s_profile, MetricsRequest.ListenOption, MetricsRequest.OtlpOption, s_check, s_allowInjection, s_cpuBudget, s_targetBudget, s_realtime, s_seed,
            s_dotNetNames, s_names, s_usdt, s_userEvents, s_lttng, .. AccessRequest.Options,
        ];
        Option[] attributeOptions = [.. s_attributes.All, s_autotune, s_ops, RecordedSchemes.File];
        Option[] meaningless = request.DrivesKernel ? samplingOptions : [.. samplingOptions, .. attributeOptions];
        if (Array.Find(meaningless, option => parse.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UserErrorException(
                request.DrivesKernel ? $"{given.Name} has no meaning with --kernel" : $"{given.Name} has no meaning with --kernel, which only listens without -p",
                "the kernel's settings are in /sys/kernel/mm/damon/admin; its events have their own tracepoint",
                ExitCode.Usage);
        }
    }

    /// <summary>A kdamond of the kernel keeps the targets that it began with: the rest of a service would be missing without a word.</summary>
    private static void RefuseFollowing(TargetSelection targets)
    {
        if (targets.IsFollowed)
        {
            throw new UserErrorException(
                "targets cannot be followed with --kernel, whose kdamond keeps those that it begins with",
                $"name those of now with -p, e.g. -p $(pgrep -d, NAME), or leave --kernel out", ExitCode.Usage);
        }
    }

    /// <summary>Nothing is sampled then, and nobody but we look.</summary>
    private static void RefuseWithExact(ParseResult parse, bool samplesAccesses)
    {
        Option[] meaningless =
        [
            s_attributes.Sample, s_attributes.Update, s_attributes.MinRegions, s_check, s_allowInjection, s_cpuBudget, s_autotune, s_realtime, s_seed, s_kernel,
            MetricsRequest.ListenOption, MetricsRequest.OtlpOption, RecordedSchemes.File, .. samplesAccesses ? [] : (Option[])[s_targetBudget],
        ];
        if (Array.Find(meaningless, option => parse.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UserErrorException(
                $"{given.Name} has no meaning with --exact, which looks at every page once in each aggregation",
                "--aggr sets how often, and so what it costs", ExitCode.Usage);
        }
    }

    /// <summary>One sample an aggregation.</summary>
    private static DamonAttributes ExactAttributes(ParseResult parse)
    {
        ulong aggrUs = parse.GetValue(s_attributes.Aggr) ?? ExactAggrUs;
        var attributes = new DamonAttributes
        {
            SampleUs = aggrUs,
            AggrUs = aggrUs,
            UpdateUs = aggrUs,
            MaxNrRegions = parse.GetValue(s_attributes.MaxRegions) ?? ExactMaxRegions,
        };
        string[] problems = aggrUs == 0 ? ["--aggr 0: a window must take some time"] : [.. attributes.Validate()];
        return problems.Length == 0
            ? attributes
            : throw new UserErrorException(
                string.Join("; ", problems), "see 'damon-trace record --help' for units and defaults", ExitCode.Usage);
    }

    private static DamonAttributes Attributes(ParseResult parse)
    {
        var defaults = new DamonAttributes();
        ulong sampleUs = parse.GetValue(s_attributes.Sample) ?? defaults.SampleUs;
        ulong aggrUs = parse.GetValue(s_attributes.Aggr) ?? Math.Max(sampleUs, 1) * (defaults.AggrUs / defaults.SampleUs);
        return AttributeOptions.Checked(
            defaults with
            {
                SampleUs = sampleUs,
                AggrUs = aggrUs,
                UpdateUs = parse.GetValue(s_attributes.Update) ?? Math.Max(defaults.UpdateUs, aggrUs),
                MinNrRegions = parse.GetValue(s_attributes.MinRegions) ?? defaults.MinNrRegions,
                MaxNrRegions = parse.GetValue(s_attributes.MaxRegions) ?? defaults.MaxNrRegions,
                IntervalsGoal = parse.GetValue(s_autotune) ? new IntervalsGoal() : null,
            },
            "record");
    }
}
