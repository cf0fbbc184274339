using System.CommandLine;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--timestamps</c>: the unit of the wall-clock times in Parquet.</summary>
internal static class TimestampsOption
{
    private const string Nanoseconds = "ns";
    private const string Microseconds = "us";

    internal static Option<string?> Create()
    {
        var option = new Option<string?>("--timestamps")
        {
            Description = "Unit of column timestamp in Parquet: us for readers that refuse nanoseconds, as Spark does. Default: ns.",
            HelpName = "ns|us",
        };
        option.AcceptOnlyFromAmong(Nanoseconds, Microseconds);
        return option;
    }

    /// <summary>Whether microseconds were asked for.</summary>
    /// <param name="unit">What was given, if anything.</param>
    /// <param name="writesParquet">Whether there is an output that it is about.</param>
    /// <exception cref="UserErrorException">It was given and is about nothing.</exception>
    internal static bool IsMicroseconds(string? unit, bool writesParquet) => unit is null || writesParquet
        ? unit == Microseconds
        : throw new UserErrorException("--timestamps has no meaning without an output in Parquet", "add -o FILE.parquet, or leave it out", ExitCode.Usage);
}
