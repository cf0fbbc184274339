using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>Recordings with accesses, of processes that know who makes them.</summary>
[Trait("Category", "Linux")]
public sealed class RecordedWhoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Recording_SaysWhoInEveryFormat()
    {
        string trace = _folder.File("a.nettrace");
        string table = _folder.File("a.parquet");

        // perf reads its file once more.
        using var workload = WorkloadRun.Start("-fno-omit-frame-pointer", "4");
        await RecordAsync("-p", $"{workload.Pid}", "--who", "--target-budget", "20%", "--duration", "4s", "-o", trace, "-o", table);

        string json = (await RunAsync("report", "who", "-i", trace, "--json")).Output;
        JsonElement target = JsonDocument.Parse(json).RootElement.GetProperty("targets")[0];
        Assert.Equal("workload", target.GetProperty("comm").GetString());
        Assert.True(target.GetProperty("counts").GetProperty("hits").GetInt64() > 20, json);
        JsonElement[] functions = [.. target.GetProperty("ranges").EnumerateArray().SelectMany(static range => range.GetProperty("functions").EnumerateArray())];
        foreach ((string name, double writes) in new[] { ("read_words", 0.0), ("write_words", 1.0) })
        {
            JsonElement[] found = [.. functions.Where(function => function.GetProperty("function").GetString() == name)];
            Assert.NotEmpty(found);
            Assert.All(found, function => Assert.Equal(writes, function.GetProperty("write_share").GetDouble()));
            Assert.All(found, static function => Assert.Equal("work", function.GetProperty("caller").GetString()));
        }

        Assert.Equal(json, (await RunAsync("report", "who", "-i", table, "--json")).Output);
        Assert.Contains(";work;read_words ", (await RunAsync("report", "who", "-i", trace, "--folded")).Output, StringComparison.Ordinal);

        string dataSet = _folder.File("dataset");
        await RunAsync("export", "-i", trace, "-o", dataSet, "--partition", "host,date");
        Assert.Single(Directory.GetFiles(Path.Combine(dataSet, "accesses"), "*.parquet", SearchOption.AllDirectories));

        _ = PerfTool.RequireCompat();
        string samples = _folder.File("a.accesses.perf.data");
        await RunAsync("export", "-i", trace, "-o", samples);
        string report = PerfTool.Run("report", "-i", samples, "--sort=sym,comm", "--stdio", "--no-children", "-g", "none");
        Assert.Matches(@"\d+\.\d+%\s+\[\.\] read_words\s+workload", report);
        Assert.Matches(@"\d+\.\d+%\s+\[\.\] write_words\s+workload", report);
        Assert.Contains("of event 'damon_trace_access'", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAccesses_ReportsSayHowToGetThem()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");
        string trace = _folder.File("a.nettrace");
        await RecordAsync("-p", $"{exerciser.Pid}", "--duration", "1s", "-o", trace);

        foreach (string report in (string[])["who", "huge-pages"])
        {
            CommandRun run = await CommandRun.RunAsync("report", report, "-i", trace);
            Assert.NotEqual(ExitCode.Ok, run.ExitCode);
            Assert.Contains("no accesses were sampled", run.Error, StringComparison.Ordinal);
            Assert.Contains("record --who", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task HugePages_TouchedShareIsThatOfTheWorkload()
    {
        using var sparse = new SparseRun();
        string trace = _folder.File("a.nettrace");
        await RecordAsync("-p", $"{sparse.Pid}", "--who", "--target-budget", "20%", "--duration", "12s", "-o", trace);

        (string json, JsonElement mapping) = await HugePagesOfAsync(trace);
        Assert.True(mapping.GetProperty("touched_share").ValueKind == JsonValueKind.Number, json);
        Assert.InRange(mapping.GetProperty("touched_share").GetDouble(), 0.001, SparseRun.TouchedShare + 0.05);
        Assert.InRange(mapping.GetProperty("subpages_seen").GetInt64(), 1, (SparseRun.HugePages * 26) + 2);
        Assert.InRange(SparseRun.TouchedShare, mapping.GetProperty("touched_share_low").GetDouble(), mapping.GetProperty("touched_share_high").GetDouble());
        Assert.Equal("small", mapping.GetProperty("advice").GetString());

        // Nothing was split for it.
        sparse.AssertAllIsHuge();
    }

    /// <summary>Only when asked: pages drawn at random are split, seen, and huge again afterwards.</summary>
    [Fact]
    public async Task HugePages_AreSplitForAWhileWhenAllowed()
    {
        using var sparse = new SparseRun();
        string trace = _folder.File("a.nettrace");
        CommandRun run = await RecordAsync("-p", $"{sparse.Pid}", "--rw", "--allow-split", "--target-budget", "20%", "--duration", "8s", "-o", trace);
        Assert.SkipWhen(run.Error.Contains("no huge page of process", StringComparison.Ordinal), run.Error);

        (string json, JsonElement mapping) = await HugePagesOfAsync(trace);
        JsonElement split = mapping.GetProperty("split");
        Assert.InRange(split.GetProperty("touched_share").GetDouble(), SparseRun.TouchedShare - 0.05, SparseRun.TouchedShare + 0.05);

        // As many as the budget allows when the first can be split.
        Assert.True(split.GetProperty("pages").GetInt64() >= 1, json);
        Assert.Equal(0, split.GetProperty("left_small").GetInt64());
        sparse.AssertAllIsHuge();
    }

    [Theory]
    [InlineData("--allow-split has no meaning without --who or --rw", "record", "-p", "1", "--allow-split")]
    [InlineData("--dotnet-methods has no meaning without --who", "record", "-p", "1", "--dotnet-methods")]
    [InlineData("--target-budget stretches the intervals, which are given", "record", "-p", "1", "--sample", "5ms", "--target-budget", "5%")]
    [InlineData("--target-budget has no meaning with --exact", "record", "-p", "1", "--exact", "--target-budget", "5%")]
    [InlineData("--target-budget has no meaning with --kernel", "record", "-p", "1", "--kernel", "--target-budget", "5%")]
    [InlineData("--who has no meaning with --kernel", "record", "-p", "1", "--kernel", "--who")]
    public async Task Mistake_IsOneLineAndAHint(string message, params string[] arguments) =>
        (await CommandRun.RunAsync(arguments)).AssertMistake(ExitCode.Usage, message);

    public void Dispose() => _folder.Dispose();

    private static async Task<CommandRun> RecordAsync(params string[] arguments)
    {
        // A process of its own: the provider's session is one for all tests of this process.
        CommandRun run = await Task.Run(() => ToolProcess.Run(["record", .. arguments]));
        Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck, run.Error);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.SkipWhen(run.Error.Contains("is not known: ", StringComparison.Ordinal), run.Error);
        return run;
    }

    private static async Task<(string Json, JsonElement Mapping)> HugePagesOfAsync(string trace)
    {
        string json = (await RunAsync("report", "huge-pages", "-i", trace, "--json")).Output;
        return (json, JsonDocument.Parse(json).RootElement.GetProperty("targets")[0].GetProperty("mappings")[0]);
    }

    private static async Task<CommandRun> RunAsync(params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return run;
    }
}
