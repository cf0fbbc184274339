using System.Globalization;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests;

/// <summary>The text of a real recording against perf's rule, written down here a second time and applied to every line.</summary>
[Trait("Category", "Linux")]
public sealed partial class ScriptTests
{
    [Theory]
    [InlineData("6.4", 5)]
    [InlineData("6.5", 7)]
    public void Script_PrintsEveryLineByPerfsRule(string perf, int tidWidth)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms");
        CommandRun record = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "2s", "-o", path, "-o", folder.File("live.txt"),
            "--perf-compat", perf);
        Assert.True(record.ExitCode == ExitCode.Ok, record.Error);

        CommandRun script = ToolProcess.Run("script", "-i", path, "--perf-compat", perf);

        Assert.Equal(File.ReadAllText(folder.File("live.txt")), script.Output);
        string[] lines = script.Output.TrimEnd('\n').Split('\n');
        Assert.True(lines.Length > 100, $"only {lines.Length} lines");
        Assert.All(lines, line => Assert.Equal(Rewrite(line, tidWidth), line));
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.Equal(recorded.Snapshots.Sum(snapshot => snapshot.Regions.Length), lines.Length);
    }

    /// <summary>Takes a line apart and prints its values again with perf's format strings.</summary>
    private static string Rewrite(string line, int tidWidth)
    {
        Match match = Line().Match(line);
        Assert.True(match.Success, line);
        string Value(string name) => match.Groups[name].Value;
        ulong Number(string name) => ulong.Parse(Value(name), CultureInfo.InvariantCulture);
        string time = $"{Number("s")}.{Number("us"):D6}";
        return $"{Value("comm"),16} {Number("tid").ToString(CultureInfo.InvariantCulture).PadLeft(tidWidth)} [{Number("cpu"):D3}] {time,12}: "
            + $"{"damon:damon_aggregated",22}: target_id={Number("id")} nr_regions={Number("nr")} {Number("start")}-{Number("end")}: {Number("acc")} {Number("age")}";
    }

    [GeneratedRegex(@"^ *(?<comm>kdamond\.0) +(?<tid>\d+) \[(?<cpu>\d+)\] +(?<s>\d+)\.(?<us>\d+): +damon:damon_aggregated: target_id=(?<id>\d+) nr_regions=(?<nr>\d+) (?<start>\d+)-(?<end>\d+): (?<acc>\d+) (?<age>\d+)$")]
    private static partial Regex Line();
}
