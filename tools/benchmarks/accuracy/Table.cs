using System.Globalization;
using Damon.Trace.Accuracy.Programs;

namespace Damon.Trace.Accuracy;

/// <summary>One line a row and setting: medians of its repetitions.</summary>
internal sealed class Table(TextWriter output, bool json)
{
    private const double MiB = 1048576;

    internal void WriteBitCost(string nanoseconds)
    {
        if (!json)
        {
            output.WriteLine($"A page whose accessed bit was cleared costs the target {nanoseconds} ns here when it is touched next.\n");
        }
    }

    internal void WriteHeader()
    {
        if (!json)
        {
            output.WriteLine(
                "| workload | | runs | per interval: truth, MiB | estimate (95 %) | has the truth | damo's rule | within 1 s: truth | told (95 %) "
                + "| recall | precision | false heat | unknown | snapshots | noticed after | own CPU (all) | slowdown |");
            output.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", 17)));
        }
    }

    internal void Write(Row row, string setting, IReadOnlyList<Score> scores)
    {
        if (json)
        {
            output.WriteLine(new ResultLine { Row = row.Name, Setting = setting, Scores = [.. scores] });
            return;
        }

        double? Median(Func<Score, double?> value) => Score.Median(scores.Select(value));
        string estimate = Interval(Median(s => s.EstimateBytes), Median(s => s.LowBytes), Median(s => s.HighBytes));
        string within = Interval(Median(s => s.Within[1]?.Bytes), Median(s => s.Within[1]?.LowBytes), Median(s => s.Within[1]?.HighBytes));
        string noticed = scores.Count(s => s.NoticedSeconds is not null) * 2 > scores.Count
            ? Text(Median(s => s.NoticedSeconds), "0.0 s")
            : scores[0].Recall is null ? "–" : "never";
        output.WriteLine(string.Join(" | ",
            $"| {row.Title}", setting, $"{scores.Count}", Bytes(Median(s => s.TruthPerIntervalBytes)), estimate, Percent(Median(s => s.Covered)),
            Bytes(Median(s => s.DamoBytes)), Bytes(Median(s => s.TruthWithinBytes[1])), within,
            Percent(Median(s => s.Recall)), Percent(Median(s => s.Precision)),
            Bytes(Median(s => s.FalseBytes)), Bytes(Median(s => s.UnknownBytes)), Text(Median(s => s.Snapshots), "0"), noticed,
            $"{Percent(Median(s => s.OwnCpu))} ({Text(Median(s => s.OwnCpuSeconds), "0.00 s")})", $"{Percent(Median(s => s.Slowdown))} |"));
    }

    internal void WriteNotPossible(string name, string title, string reason)
    {
        output.WriteLine(json
            ? new ResultLine { Row = name, NotPossible = reason }.ToString()
            : $"| {title} | not run: {reason.ReplaceLineEndings(" ")} |");
    }

    internal void WriteProgramHeader()
    {
        if (!json)
        {
            string times = string.Concat(Recording.Times.Select(seconds => $" | within {Text(seconds, "0.# s")}: kernel, MiB | told (95 %)"));
            output.WriteLine($"| program | | runs | damo's rule, MiB{times} | own CPU | |");
            output.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", 6 + (2 * Recording.Times.Count))));
        }
    }

    internal void Write(ProgramRow row, string setting, IReadOnlyList<ProgramScore> scores)
    {
        if (json)
        {
            output.WriteLine(new ResultLine { Row = row.Name, Setting = setting, Programs = [.. scores] });
            return;
        }

        string cells = string.Concat(Recording.Times.Select((_, i) => $" | {Bytes(Median(s => s.TruthBytes[i]))} | {Told(i)}"));
        output.WriteLine(
            $"| {row.Title} | {setting} | {scores.Count} | {Bytes(Median(s => s.DamoBytes))}{cells} | {Percent(Median(s => s.OwnCpu))} | {scores[^1].Remark} |");

        double? Median(Func<ProgramScore, double?> value) => Score.Median(scores.Select(value));
        string Told(int i)
        {
            string interval = Interval(Median(s => s.Within[i]?.Bytes), Median(s => s.Within[i]?.LowBytes), Median(s => s.Within[i]?.HighBytes));
            return Median(s => s.Within[i]?.UnknownBytes) is > 0 and double unknown ? $"{interval}, {Bytes(unknown)} unknown" : interval;
        }
    }

    /// <summary>Prints what was measured before, in the order of the rows and settings.</summary>
    internal void Write(IReadOnlyList<ResultLine> results)
    {
        WriteHeader();
        foreach ((Row row, ResultLine result) in InOrder(results, Rows.All, row => row.Name))
        {
            if (result.Scores is { Length: > 0 } scores)
            {
                Write(row, result.Setting!, scores);
            }
            else
            {
                WriteNotPossible(row.Name, row.Title, result.NotPossible ?? "no recording");
            }
        }

        output.WriteLine();
        WriteProgramHeader();
        foreach ((ProgramRow row, ResultLine result) in InOrder(results, ProgramRow.All, row => row.Name))
        {
            if (result.Programs is { Length: > 0 } programs)
            {
                Write(row, result.Setting!, programs);
            }
            else
            {
                WriteNotPossible(row.Name, row.Title, result.NotPossible ?? "no recording");
            }
        }
    }

    private static IEnumerable<(T Row, ResultLine Result)> InOrder<T>(IReadOnlyList<ResultLine> results, IReadOnlyList<T> rows, Func<T, string> name) =>
        from setting in Setting.All.Select(setting => setting.Name).Append(null)
        from row in rows
        from result in results
        where result.Row == name(row) && result.Setting == setting
        select (row, result);

    private static string Interval(double? bytes, double? low, double? high) => bytes is null ? "–" : $"{Bytes(bytes)} ({Bytes(low)}..{Bytes(high)})";

    private static string Bytes(double? bytes) => Text(bytes / MiB, bytes is 0 ? "0" : bytes < 10 * MiB ? "0.00" : "0.0");

    private static string Percent(double? share) => Text(100 * share, "0.0 %".Replace("%", "'%'", StringComparison.Ordinal));

    private static string Text(double? value, string format) =>
        value is null ? "–" : value.Value.ToString(format.Replace(" s", "' s'", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
