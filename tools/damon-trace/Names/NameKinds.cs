using System.CommandLine;
using System.CommandLine.Parsing;

namespace Damon.Trace.Cli.Names;

/// <summary><c>--names</c>: what is asked of a target, or of its files, beyond what the kernel says of its mappings.</summary>
internal static class NameKinds
{
    internal const string Types = "dotnet-types";
    internal const string Generations = "dotnet";

    private static readonly string[] s_asked = ["files", "postgres", "jvm"];

    private const string Asked = "files (sections and large functions of ELF, tensors of GGUF, tables and indexes of SQLite), "
        + "postgres (relations in the shared buffers, by psql), jvm (spaces of the heap, code, ..., by jcmd)";

    /// <summary>For <c>record</c> and <c>live</c>.</summary>
    internal static Option<string[]> OfRecordings() => Create($"{Asked}, or dotnet, the same as --dotnet-names. Asked again once a minute.", [.. s_asked, Generations]);

    /// <summary>For <c>snapshot</c>.</summary>
    internal static Option<string[]> OfSnapshots() => Create(
        $"{Asked}, dotnet-types (types of .NET objects by generation, from the heap walked without stopping the target).", [.. s_asked, Types]);

    /// <summary>Sources of their own for each target set.</summary>
    /// <param name="kinds">As they were asked for.</param>
    /// <param name="saysFile">Parts of files are told with the file.</param>
    internal static IReadOnlyList<INameSource> Sources(IEnumerable<string> kinds, bool saysFile) =>
        [.. kinds.Distinct().Select(kind => (INameSource?)(kind switch { "files" => new MappedFiles(saysFile), "postgres" => new PostgresBuffers(), "jvm" => new JavaMemory(), _ => null }))
            .OfType<INameSource>()];

    private static Option<string[]> Create(string description, string[] kinds) => new("--names")
    {
        Description = $"What the target itself keeps where, as labels: {description} Several with commas. Default: none.",
        HelpName = "KIND",
        CustomParser = result => Parse(result, kinds),
        DefaultValueFactory = static _ => [],
    };

    private static string[]? Parse(ArgumentResult result, string[] kinds)
    {
        string[] words = [.. result.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        if (words.FirstOrDefault(word => !kinds.Contains(word)) is { } unknown)
        {
            result.AddError(unknown is Types or Generations
                ? $"'{unknown}' names are told by '{(unknown == Types ? "snapshot" : "record")}' only: here use {string.Join(", ", kinds)}"
                : $"there are no '{unknown}' names: use {string.Join(", ", kinds)}");
            return null;
        }

        return words;
    }
}
