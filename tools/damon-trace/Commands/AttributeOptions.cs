using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Commands;

/// <summary>The options for intervals and bounds, shared by the commands that set them.</summary>
internal sealed class AttributeOptions
{
    internal AttributeOptions(string sample, string aggr, string update, string minRegions, string maxRegions)
    {
        Sample = Duration.Option("--sample", sample);
        Aggr = Duration.Option("--aggr", aggr);
        Update = Duration.Option("--update", update);
        MinRegions = Count("--min-regions", minRegions);
        MaxRegions = Count("--max-regions", maxRegions);
    }

    private const ulong LongestSampleUs = 60_000_000;

    internal Option<ulong?> Sample { get; }

    internal Option<ulong?> Aggr { get; }

    internal Option<ulong?> Update { get; }

    internal Option<uint?> MinRegions { get; }

    internal Option<uint?> MaxRegions { get; }

    internal IEnumerable<Option> All => [Sample, Aggr, Update, MinRegions, MaxRegions];

    private static Option<uint?> Count(string name, string description) =>
        new(name) { Description = description, CustomParser = Number.Nullable(1u, uint.MaxValue), HelpName = "N" };

    /// <summary>Attributes that can be used.</summary>
    /// <exception cref="UserErrorException">They break a rule.</exception>
    internal static DamonAttributes Checked(DamonAttributes attributes, string command)
    {
        // A bare number is seconds: who meant milliseconds would wait for the first snapshot for ever.
        if (attributes.SampleUs > LongestSampleUs)
        {
            throw new UserErrorException(
                $"a sampling interval of {Duration.Describe(attributes.SampleUs)} is longer than {Duration.Describe(LongestSampleUs)}",
                "give the unit, e.g. --sample 5ms; a bare number is seconds", ExitCode.Usage);
        }

        if (attributes.SampleUs == 0)
        {
            throw new UserErrorException("a sampling interval of 0 leaves no time for an access", "give the unit, e.g. --sample 5ms", ExitCode.Usage);
        }

        IReadOnlyList<string> problems = attributes.Validate();
        return problems.Count == 0
            ? attributes
            : throw new UserErrorException(
                string.Join("; ", problems), $"see 'damon-trace {command} --help' for units and defaults", ExitCode.Usage);
    }
}
