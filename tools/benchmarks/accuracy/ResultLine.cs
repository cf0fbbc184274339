using System.Text.Json;
using System.Text.Json.Serialization;
using Damon.Trace.Accuracy.Programs;

namespace Damon.Trace.Accuracy;

/// <summary>A line of JSON: the recordings of one row with one setting, or why it was not run.</summary>
internal sealed record ResultLine
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public required string Row { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Setting { get; init; }

    /// <summary>Of a known workload.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Score[]? Scores { get; init; }

    /// <summary>Of a real program.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProgramScore[]? Programs { get; init; }

    /// <summary>Why it was not run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NotPossible { get; init; }

    public override string ToString() => JsonSerializer.Serialize(this, s_json);

    /// <summary>
    /// Reads files of lines, one for each row and setting: recordings made one at a time, in any order, become those of one row.
    /// </summary>
    /// <exception cref="InvalidDataException">A line is not one of these; says where.</exception>
    internal static IReadOnlyList<ResultLine> ReadAll(IEnumerable<string> paths)
    {
        List<ResultLine> lines = [];
        foreach (string path in paths)
        {
            int number = 0;
            foreach (string text in File.ReadLines(path))
            {
                number++;
                lines.Add(Parse(text, path, number));
            }
        }

        return [.. lines.GroupBy(line => (line.Row, line.Setting)).Select(Join)];
    }

    private static ResultLine Join(IEnumerable<ResultLine> lines) => lines.Aggregate((joined, next) => joined with
    {
        Scores = [.. joined.Scores ?? [], .. next.Scores ?? []],
        Programs = [.. joined.Programs ?? [], .. next.Programs ?? []],
        NotPossible = next.NotPossible,
    });

    private static ResultLine Parse(string text, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<ResultLine>(text, s_json) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}, line {number}: not a line of accuracy --json: {error.Message}", error);
        }
    }
}
