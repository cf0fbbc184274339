using System.CommandLine;
using Damon.Trace.Tracer.AccessSamples;

namespace Damon.Trace.Cli.Who;

/// <summary>How <c>record</c> samples accesses beside regions.</summary>
internal sealed record AccessRequest
{
    internal static readonly Option<bool> WhoOption = new("--who")
    {
        Description = "Also sample who accesses the memory: functions, threads, reads and writes, as 'damon-trace who' does; "
            + "'damon-trace report who' and 'report huge-pages' show it.",
    };

    internal static readonly Option<bool> ReadWriteOption = new("--rw")
    {
        Description = "Also sample which share of the accesses to each region writes, without names of functions.",
    };

    internal static readonly Option<string> ByOption = new("--by")
    {
        Description = "With --who or --rw: how accesses are seen, as in 'damon-trace who'. Default: instructions, which also see memory of which a "
            + "small part is accessed; watchpoints see the kernel's accesses as well.",
        DefaultValueFactory = _ => AccessSamplers.Names[1],
        HelpName = "METHOD",
    };

    internal static readonly Option<bool> DotNetMethodsOption = new("--dotnet-methods")
    {
        Description = "With --who: ask .NET runtimes of the targets to write their method names into /tmp/perf-PID.map.",
    };

    internal static readonly Option<bool> SplitOption = new("--allow-split")
    {
        Description = "With --who or --rw: also split a few huge pages, drawn at random, for ten seconds at a time, to see which share of them is used, "
            + "and collapse them again; within --target-budget. 'report huge-pages' shows it.",
    };

    /// <summary>Names of functions and callers are recorded, not only reads and writes.</summary>
    internal required bool Stacks { get; init; }

    /// <summary>One of <see cref="AccessSamplers.Names"/>, or auto.</summary>
    internal required string Sampler { get; init; }

    /// <summary>Share of its CPU time that a target may lose.</summary>
    internal required double TargetShare { get; init; }

    /// <summary>Share of one CPU for all targets together.</summary>
    internal required double OwnShare { get; init; }

    internal required bool DotNetMethods { get; init; }

    /// <summary>Huge pages may be split for a while.</summary>
    internal required bool AllowSplit { get; init; }

    internal static Option[] Options { get; } = [WhoOption, ReadWriteOption, ByOption, DotNetMethodsOption, SplitOption];

    /// <summary>What was asked for; null when nothing was.</summary>
    /// <exception cref="UserErrorException">An option has no meaning without another.</exception>
    internal static AccessRequest? Of(ParseResult parse, double? cpuBudget, double? targetBudget)
    {
        bool who = parse.GetValue(WhoOption);
        bool methods = parse.GetValue(DotNetMethodsOption);
        if (!who && methods)
        {
            throw new UserErrorException("--dotnet-methods has no meaning without --who", "add --who", ExitCode.Usage);
        }

        bool splits = parse.GetValue(SplitOption);
        string by = parse.GetValue(ByOption)!;
        SamplerOption.Require(by);
        if (!who && !parse.GetValue(ReadWriteOption))
        {
            return splits
                ? throw new UserErrorException("--allow-split has no meaning without --who or --rw", "add --who", ExitCode.Usage)
                : null;
        }

        return new AccessRequest
        {
            Stacks = who,
            Sampler = by,
            TargetShare = targetBudget ?? AccessSamplerOptions.DefaultTargetShare,
            OwnShare = (cpuBudget ?? Recording.RecordRequest.DefaultCpuBudget) / 2,
            DotNetMethods = methods,
            AllowSplit = splits,
        };
    }
}
