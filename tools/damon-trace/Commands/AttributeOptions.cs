using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Commands;

/// <summary>The options for intervals and bounds, shared by the commands that set them.</summary>
internal sealed class AttributeOptions
{
    internal AttributeOptions(string sample, string aggr, string update, string minRegions, string maxRegions)
    {
        Sample = Interval("--sample", sample);
        Aggr = Interval("--aggr", aggr);
        Update = Interval("--update", update);
        MinRegions = new Option<uint?>("--min-regions") { Description = minRegions, HelpName = "N" };
        MaxRegions = new Option<uint?>("--max-regions") { Description = maxRegions, HelpName = "N" };
    }

    internal Option<ulong?> Sample { get; }

    internal Option<ulong?> Aggr { get; }

    internal Option<ulong?> Update { get; }

    internal Option<uint?> MinRegions { get; }

    internal Option<uint?> MaxRegions { get; }

    internal IEnumerable<Option> All => [Sample, Aggr, Update, MinRegions, MaxRegions];

    internal static Option<ulong?> Interval(string name, string description) =>
        new(name) { Description = description, CustomParser = Duration.ParseUs, HelpName = "TIME" };

    /// <summary>Attributes that can be used.</summary>
    /// <exception cref="UserErrorException">They break a rule.</exception>
    internal static DamonAttributes Checked(DamonAttributes attributes, string command)
    {
        IReadOnlyList<string> problems = attributes.Validate();
        return problems.Count == 0
            ? attributes
            : throw new UserErrorException(
                string.Join("; ", problems), $"see 'damon-trace {command} --help' for units and defaults", ExitCode.Usage);
    }
}
