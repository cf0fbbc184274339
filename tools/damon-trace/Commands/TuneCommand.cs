using System.CommandLine;
using System.Globalization;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Schemes;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace tune</c>: change the intervals and bounds of a recording that drives the kernel's DAMON, while it runs.</summary>
internal static class TuneCommand
{
    private const string Unchanged = "Default: as it is.";

    private static readonly AttributeOptions s_attributes = new(
        sample: $"Sampling interval. {Unchanged}",
        aggr: $"Aggregation interval. {Unchanged}",
        update: $"Regions update interval. {Unchanged}",
        minRegions: $"Minimum number of regions, 3 or more. {Unchanged}",
        maxRegions: $"Maximum number of regions. {Unchanged}");

    private static readonly Option<string?> s_schemes = new("--schemes")
    {
        Description = $"The schemes of this file in place of those at work. By its place a scheme keeps its counters and what its quota has learned. {Unchanged}",
        HelpName = "FILE",
    };

    private static readonly Option<ulong?> s_userInput = new("--user-input")
    {
        Description = "The value now of all goals 'user_input' of the schemes at work; counts from their next reset interval on. "
            + Unchanged,
        CustomParser = Number.Nullable(0UL, ulong.MaxValue),
        HelpName = "VALUE",
    };

    internal static Command Create()
    {
        var command = new Command(
            "tune", "Change intervals, bounds and schemes of a running 'record --kernel -p PID' or 'run --kernel', from its next aggregation on.")
        {
            s_schemes, RecordedSchemes.Yes, s_userInput,
        };
        foreach (Option option in s_attributes.All)
        {
            command.Add(option);
        }

        CommandHelp.Of(command)
            .WithExample("sudo damon-trace tune --sample 10ms --aggr 200ms", "what is not given stays as it is")
            .WithExample("sudo damon-trace tune --schemes prcl", "other patterns and quotas");
        command.SetAction(parse => Run(parse, new KernelDamon()));
        return command;
    }

    private static void Run(ParseResult parse, KernelDamon damon)
    {
        string? path = parse.GetValue(s_schemes);
        bool tunes = path is not null || s_attributes.All.Any(option => parse.GetResult(option) is { Implicit: false });
        ulong? userInput = parse.GetValue(s_userInput);
        if (!tunes && userInput is null)
        {
            throw new UserErrorException("nothing to change", "use e.g. 'damon-trace tune --sample 10ms --aggr 200ms'", ExitCode.Usage);
        }

        TextWriter error = parse.InvocationConfiguration.Error;
        if (tunes)
        {
            Tune(parse, damon, path is null ? null : RecordedSchemes.Read(path, parse.GetValue(RecordedSchemes.Yes)), error);
        }

        if (userInput is ulong value)
        {
            int goals = damon.SetUserInput(value);
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"damon-trace: user input {value} for {goals} goal{(goals == 1 ? "" : "s")}"));
        }
    }

    private static void Tune(ParseResult parse, KernelDamon damon, IReadOnlyList<Scheme>? schemes, TextWriter error)
    {
        DamonAttributes now = damon.Tune(attributes => AttributeOptions.Checked(
            attributes with
            {
                SampleUs = parse.GetValue(s_attributes.Sample) ?? attributes.SampleUs,
                AggrUs = parse.GetValue(s_attributes.Aggr) ?? attributes.AggrUs,
                UpdateUs = parse.GetValue(s_attributes.Update) ?? attributes.UpdateUs,
                MinNrRegions = parse.GetValue(s_attributes.MinRegions) ?? attributes.MinNrRegions,
                MaxNrRegions = parse.GetValue(s_attributes.MaxRegions) ?? attributes.MaxNrRegions,
            },
            "tune"), schemes);
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"damon-trace: sampling {now.SampleUs} us, aggregation {now.AggrUs} us, update {now.UpdateUs} us, {now.MinNrRegions} to {now.MaxNrRegions} regions{(schemes is null ? "" : $", {schemes.Count} scheme{(schemes.Count == 1 ? "" : "s")}")}"));
    }
}
