namespace Damon.Trace.Cli.Recording;

/// <summary>One -o: where to write and what.</summary>
/// <param name="Path">File name, or <c>-</c> for stdout.</param>
/// <param name="Format">What to write.</param>
internal sealed record OutputRequest(string Path, OutputFormat Format)
{
    internal const string Stdout = "-";

    internal bool IsStdout => Path == Stdout;

    /// <summary>Tells each output's format from --format or its extension.</summary>
    /// <exception cref="UserErrorException">The format is unknown, or two outputs go to one place.</exception>
    internal static IReadOnlyList<OutputRequest> Parse(IEnumerable<string> paths, string? format)
    {
        var outputs = new List<OutputRequest>();
        foreach (string path in paths)
        {
            var output = new OutputRequest(path, FormatOf(path, format));
            if (outputs.Exists(other => other.Path == path))
            {
                throw new UserErrorException($"'{path}' is given twice as output", "give each output a name of its own", ExitCode.Usage);
            }

            outputs.Add(output);
        }

        return outputs;
    }

    private static OutputFormat FormatOf(string path, string? format)
    {
        string extension = System.IO.Path.GetExtension(path).TrimStart('.');
        OutputFormat? known = ByName(extension);
        if (format is not null && known is null)
        {
            return ByName(format) ?? throw Unknown($"unknown format '{format}'");
        }

        return known ?? (path == Stdout ? OutputFormat.PerfScript : throw Unknown($"cannot tell the format of '{path}' from its name"));
    }

    private static OutputFormat? ByName(string name) => name switch
    {
        "nettrace" => OutputFormat.NetTrace,
        "txt" => OutputFormat.PerfScript,
        "parquet" => OutputFormat.Parquet,
        _ => null,
    };

    private static UserErrorException Unknown(string message) =>
        new(message, "use a name that ends in .nettrace, .txt or .parquet, or add --format nettrace|txt|parquet", ExitCode.Usage);
}
