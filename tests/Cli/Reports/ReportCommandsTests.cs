using System.Text.Json;
using Damon.Trace.Cli.Tests.Formats;

namespace Damon.Trace.Cli.Tests.Reports;

/// <summary>Every report on the text of a recording, as text, JSON and CSV; and what the user can get wrong.</summary>
public sealed class ReportCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public ReportCommandsTests()
    {
        _path = _folder.File("a.txt");
        SyntheticText.Write(_path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("summary")]
    [InlineData("heatmap", "--time", "relative", "--all-addresses")]
    [InlineData("heatmap", "--sort", "heat")]
    [InlineData("wss", "--skip", "20", "--together")]
    [InlineData("wss", "--sort", "time", "--work-time", "100ms")]
    [InlineData("regions", "--sort", "temperature", "--sort", "oldest")]
    [InlineData("recency", "--count", "3")]
    [InlineData("nr-regions", "--percentiles", "0,50,100")]
    [InlineData("times", "--min-hz", "50", "--min-size", "2M", "--address-range", "0x555500000000-0x5556ffffffff")]
    public async Task EveryReport_HasThreeFormats(params string[] report)
    {
        string[] command = ["report", .. report, "-i", _path, "--sample", "5ms", "--aggr", "100ms", "--time-range", "500ms..2500ms"];
        CommandRun text = await CommandRun.RunAsync(command);
        CommandRun json = await CommandRun.RunAsync([.. command, "--json"]);
        CommandRun csv = await CommandRun.RunAsync([.. command, "--csv"]);

        Assert.Equal(("", "", ""), (text.Error, json.Error, csv.Error));
        Assert.Equal((ExitCode.Ok, ExitCode.Ok, ExitCode.Ok), (text.ExitCode, json.ExitCode, csv.ExitCode));
        Assert.All(text.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Equal(
            SyntheticText.Snapshots, JsonDocument.Parse(json.Output).RootElement.GetProperty("recording").GetProperty("snapshots").GetInt32());
        string[] lines = csv.Output.TrimEnd('\n').Split('\n');
        Assert.True(lines.Length > 1);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
    }

    /// <summary>Addresses of 47 bits, as text has them.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("summary")]
    [InlineData("heatmap")]
    [InlineData("heatmap", "--sort", "heat", "--all-addresses")]
    [InlineData("wss")]
    [InlineData("wss", "--over-time")]
    [InlineData("regions")]
    [InlineData("recency")]
    [InlineData("footprint")]
    [InlineData("nr-regions")]
    [InlineData("nr-regions", "--over-time")]
    [InlineData("times", "--min-hz", "5", "--max-age", "1h", "--address-range", "0x7fb700000000-0x7fffffffffff")]
    [InlineData("compare")]
    public async Task EveryReport_Fits80Columns(params string[] report)
    {
        string golden = Path.Combine(Repository.Root, "tests/golden/input/own-vaddr.txt");
        string[] inputs = report[0] == "compare" ? [golden, golden] : [golden];
        CommandRun run = await CommandRun.RunAsync(
            ["report", .. report.Where(part => part.Length > 0), .. inputs, "--sample", "5ms", "--aggr", "100ms", "--time", "wall"]);

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Footprint_OfTextSaysThatItHasNone()
    {
        CommandRun run = await CommandRun.RunAsync("report", "footprint", "-i", _path);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith("footprint: the recording has none of what was asked for", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_OfARecordingWithItselfShowsNoChange()
    {
        CommandRun run = await CommandRun.RunAsync("report", "compare", _path, _path, "--json");
        JsonElement targets = JsonDocument.Parse(run.Output).RootElement.GetProperty("targets");
        Assert.Equal(2, targets.GetArrayLength());
        Assert.All(
            targets.EnumerateArray().SelectMany(target => target.GetProperty("sizes").EnumerateArray()),
            size => Assert.Equal(0, size.GetProperty("change_bytes").GetInt64()));
    }

    [Theory]
    [InlineData("'x..y' is not a time range", "wss", "--time-range", "x..y")]
    [InlineData("'9s..1s' is not a time range", "wss", "--time-range", "9s..1s")]
    [InlineData("'12' is not an address range", "heatmap", "--address-range", "12")]
    [InlineData("'4096-8192' may be hexadecimal or decimal", "times", "--address-range", "4096-8192")]
    [InlineData("'101' is not a percentile", "wss", "--percentiles", "50,101")]
    [InlineData("'1X' is not a size", "times", "--min-size", "1X")]
    [InlineData("--json and --csv exclude each other", "summary", "--json", "--csv")]
    [InlineData("'9' is not a resolution", "heatmap", "--resolution", "9")]
    public async Task Mistake_IsNamed(string message, params string[] report)
    {
        CommandRun run = await CommandRun.RunAsync(["report", .. report, "-i", _path]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hint: tell it with --aggr", "recency")]
    [InlineData("hint: tell them with --sample and --aggr", "times", "--max-hz", "1")]
    [InlineData("hint: give the time range in seconds", "wss", "--time-range", "2026-11-25T18:00:00..")]
    public async Task WhatTheTextDoesNotTell_IsAskedFor(string hint, params string[] report)
    {
        CommandRun run = await CommandRun.RunAsync(["report", .. report, "-i", _path]);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }
}
