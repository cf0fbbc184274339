using Damon.Trace.Cli.Arguments;

namespace Damon.Trace.Cli.Recording;

/// <summary>One -o: where to write and what.</summary>
/// <param name="Path">File name, or <c>-</c> for stdout.</param>
/// <param name="Format">What to write.</param>
internal sealed record OutputRequest(string Path, OutputFormat Format)
{
    internal const string Stdout = "-";

    internal bool IsStdout => Path == Stdout;

    /// <summary>Parquet with timestamps in microseconds.</summary>
    internal bool Microseconds { get; init; }

    /// <summary>The same outputs, with the unit of the timestamps that was asked for.</summary>
    internal static IReadOnlyList<OutputRequest> WithTimestamps(IReadOnlyList<OutputRequest> outputs, string? unit)
    {
        bool microseconds = TimestampsOption.IsMicroseconds(unit, outputs.Any(output => output.Format == OutputFormat.Parquet));
        return [.. outputs.Select(output => output with { Microseconds = microseconds })];
    }

    /// <summary>Tells each output's format: --format wins over the name of a single output, and names what the names of several do not tell.</summary>
    /// <param name="paths">What -o was given.</param>
    /// <param name="format">What --format was given.</param>
    /// <param name="formats">The names that the command knows, for the hint.</param>
    /// <exception cref="UserErrorException">The format is unknown, or two outputs go to one place.</exception>
    internal static IReadOnlyList<OutputRequest> Parse(IReadOnlyList<string> paths, string? format, string formats)
    {
        var outputs = new List<OutputRequest>();
        foreach (string path in paths)
        {
            var output = new OutputRequest(path, FormatOf(path, format, paths.Count == 1, formats));
            if (outputs.Exists(other => other.Path == path))
            {
                throw new UserErrorException($"'{path}' is given twice as output", "give each output a name of its own", ExitCode.Usage);
            }

            if (output is { IsStdout: true, Format: OutputFormat.PerfData or OutputFormat.PerfAccesses })
            {
                throw new UserErrorException(
                    "a perf.data file is not written in one go, so it cannot go to stdout",
                    "use --format perf-pipe, which perf script -i - reads as it comes",
                    ExitCode.Usage);
            }

            outputs.Add(output);
        }

        return outputs;
    }

    private static OutputFormat FormatOf(string path, string? format, bool single, string formats)
    {
        OutputFormat? named = OutputFormats.ByFileName(path);
        if (format is not null)
        {
            OutputFormat asked = OutputFormats.ByName(format) ?? throw Unknown($"unknown format '{format}'", formats);
            return single ? asked : named ?? asked;
        }

        return named ?? (path == Stdout ? OutputFormat.PerfScript : throw Unknown($"cannot tell the format of '{path}' from its name", formats));
    }

    private static UserErrorException Unknown(string message, string formats) => new(
        message,
        $"use a name that ends in one of {OutputFormats.FileNames}, or add --format with one of {formats}",
        ExitCode.Usage);
}
