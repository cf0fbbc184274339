using System.CommandLine;
using System.Globalization;
using Damon.Trace.Cli.Help;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;

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

    internal static Command Create()
    {
        var command = new Command("tune", "Change intervals and bounds of a running 'record --kernel -p PID', from its next aggregation on.");
        foreach (Option option in s_attributes.All)
        {
            command.Add(option);
        }

        CommandHelp.Of(command).WithExample("sudo damon-trace tune --sample 10ms --aggr 200ms", "what is not given stays as it is");
        command.SetAction(parse => Run(parse, new KernelDamon()));
        return command;
    }

    private static void Run(ParseResult parse, KernelDamon damon)
    {
        if (s_attributes.All.All(option => parse.GetResult(option) is null or { Implicit: true }))
        {
            throw new UserErrorException("nothing to change", "use e.g. 'damon-trace tune --sample 10ms --aggr 200ms'", ExitCode.Usage);
        }

        DamonAttributes now = damon.Tune(attributes => AttributeOptions.Checked(
            attributes with
            {
                SampleUs = parse.GetValue(s_attributes.Sample) ?? attributes.SampleUs,
                AggrUs = parse.GetValue(s_attributes.Aggr) ?? attributes.AggrUs,
                UpdateUs = parse.GetValue(s_attributes.Update) ?? attributes.UpdateUs,
                MinNrRegions = parse.GetValue(s_attributes.MinRegions) ?? attributes.MinNrRegions,
                MaxNrRegions = parse.GetValue(s_attributes.MaxRegions) ?? attributes.MaxNrRegions,
            },
            "tune"));
        parse.InvocationConfiguration.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"damon-trace: sampling {now.SampleUs} us, aggregation {now.AggrUs} us, update {now.UpdateUs} us, {now.MinNrRegions} to {now.MaxNrRegions} regions"));
    }
}
