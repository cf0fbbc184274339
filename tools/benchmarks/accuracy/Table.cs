using System.Globalization;
using System.Text.Json;
using Damon.Trace.Accuracy.Programs;

namespace Damon.Trace.Accuracy;

/// <summary>One line a row and setting: medians of its repetitions.</summary>
internal sealed class Table(TextWriter output, bool json)
{
    private const double MiB = 1048576;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    internal void WriteHeader(string bitCost)
    {
        if (!json)
        {
            output.WriteLine($"A page whose accessed bit was cleared costs the target {bitCost} ns here when it is touched next.\n");
            output.WriteLine(
                "| workload | | truth, MiB | damo's rule | per sample: truth | estimate (95 %) | has the truth | within 1 s: truth | told (95 %) "
                + "| recall | precision | false heat | unknown | snapshots | noticed after | own CPU (all) | slowdown | steal |");
            output.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", 18)));
        }
    }

    internal void Write(Row row, Setting setting, IReadOnlyList<Score> scores)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { Row = row.Name, Setting = setting.Name, Scores = scores }, s_json));
            return;
        }

        double? Median(Func<Score, double?> value) => Score.Median(scores.Select(value));
        string estimate = Interval(Median(s => s.EstimateBytes), Median(s => s.LowBytes), Median(s => s.HighBytes));
        string within = Interval(Median(s => s.Within[1]?.Bytes), Median(s => s.Within[1]?.LowBytes), Median(s => s.Within[1]?.HighBytes));
        string noticed = scores.Count(s => s.NoticedSeconds is not null) * 2 > scores.Count
            ? Text(Median(s => s.NoticedSeconds), "0.0 s")
            : scores[0].Recall is null ? "–" : "never";
        output.WriteLine(string.Join(" | ",
            $"| {row.Title}", setting.Name, Bytes(Median(s => s.TruthBytes)), Bytes(Median(s => s.DamoBytes)),
            Bytes(Median(s => s.TruthPerIntervalBytes)), estimate, Percent(Median(s => s.Covered)), Bytes(Median(s => s.TruthWithinBytes[1])), within,
            Percent(Median(s => s.Recall)), Percent(Median(s => s.Precision)),
            Bytes(Median(s => s.FalseBytes)), Bytes(Median(s => s.UnknownBytes)), Text(Median(s => s.Snapshots), "0"), noticed,
            $"{Percent(Median(s => s.OwnCpu))} ({Text(Median(s => s.OwnCpuSeconds), "0.00 s")})", Percent(Median(s => s.Slowdown)),
            $"{Percent(Median(s => s.Steal))} |"));
    }

    internal void WriteNotPossible(string name, string title, string reason)
    {
        output.WriteLine(json
            ? JsonSerializer.Serialize(new { Row = name, NotPossible = reason }, s_json)
            : $"| {title} | not run: {reason.ReplaceLineEndings(" ")} |");
    }

    internal void WriteProgramHeader()
    {
        if (!json)
        {
            string times = string.Concat(Recording.Times.Select(seconds => $" | within {Text(seconds, "0.# s")}: kernel, MiB | told (95 %)"));
            output.WriteLine($"| program | | damo's rule, MiB{times} | own CPU | |");
            output.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", 5 + (2 * Recording.Times.Count))));
        }
    }

    internal void Write(ProgramRow row, Setting setting, IReadOnlyList<ProgramScore> scores)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { Row = row.Name, Setting = setting.Name, Programs = scores }, s_json));
            return;
        }

        string cells = string.Concat(Recording.Times.Select((_, i) => $" | {Bytes(Median(s => s.TruthBytes[i]))} | {Told(i)}"));
        output.WriteLine(
            $"| {row.Title} | {setting.Name} | {Bytes(Median(s => s.DamoBytes))}{cells} | {Percent(Median(s => s.OwnCpu))} | {scores[^1].Remark} |");

        double? Median(Func<ProgramScore, double?> value) => Score.Median(scores.Select(value));
        string Told(int i)
        {
            string interval = Interval(Median(s => s.Within[i]?.Bytes), Median(s => s.Within[i]?.LowBytes), Median(s => s.Within[i]?.HighBytes));
            return Median(s => s.Within[i]?.UnknownBytes) is > 0 and double unknown ? $"{interval}, {Bytes(unknown)} unknown" : interval;
        }
    }

    private static string Interval(double? bytes, double? low, double? high) => bytes is null ? "–" : $"{Bytes(bytes)} ({Bytes(low)}..{Bytes(high)})";

    private static string Bytes(double? bytes) => Text(bytes / MiB, bytes is 0 ? "0" : bytes < 10 * MiB ? "0.00" : "0.0");

    private static string Percent(double? share) => Text(100 * share, "0.0 %".Replace("%", "'%'", StringComparison.Ordinal));

    private static string Text(double? value, string format) =>
        value is null ? "–" : value.Value.ToString(format.Replace(" s", "' s'", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
