using System.Text.Json;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Cli.Tests.Snapshots;

/// <summary>
/// Snapshots of a process that knows which pages it touches: all of them are found and no other. A window of a second holds a hundred passes
/// over the hot pages of these workloads and more, also where clearing a bit costs a trap.
/// </summary>
[Trait("Category", "Linux")]
public sealed class SnapshotTests
{
    private const ulong Page = 4096;

    [Theory]
    [InlineData("--pages", "4k")]
    [InlineData("--pages", "4k", "--pattern", "random", "--access", "write")]
    [InlineData("--pages", "huge")]
    public async Task Snapshot_FindsEveryTouchedPageAndNoOther(params string[] kind)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.workingset");
        using var exerciser = ExerciserRun.Start(
            ["--size", "32M", "--hot", "2M", "--warm", "0", "--mlock", "4M", "--shared", "4M", "--static-rss", "4M", .. kind]);

        CommandRun run = await RunAsync("snapshot", "--exact", "-p", $"{exerciser.Pid}", "-o", path);

        WorkingSetDocument document = Read(path);
        foreach (JsonElement range in exerciser.Ready.GetProperty("ranges").EnumerateArray())
        {
            (string name, ulong start, ulong end) = (range.GetProperty("name").GetString()!, Number(range, "start"), Number(range, "end"));
            ulong touched = TouchedIn(document, start, end);
            Assert.True(touched == (name == "hot" ? end - start : 0), $"{name}: {touched} of {end - start} bytes touched");
        }

        Assert.Contains("every page was looked at, none was sampled", run.Output, StringComparison.Ordinal);
        Assert.Contains("a.workingset: ", run.Error, StringComparison.Ordinal);
        Assert.True(document.WindowNs >= 1_000_000_000);
    }

    [Fact]
    public async Task Json_AddsUpToWhatIsResident()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");

        CommandRun run = await RunAsync("snapshot", "-p", $"{exerciser.Pid}", "--json", "--window", "50ms,200ms");

        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        JsonElement[] mappings = [.. json.GetProperty("mappings").EnumerateArray()];
        Assert.All(mappings, static mapping => Assert.Equal(
            Number(mapping, "resident_pages"), Number(mapping, "touched_pages") + Number(mapping, "cold_pages") + Number(mapping, "unknown_pages")));
        Assert.All(mappings, static mapping => Assert.Equal(
            Number(mapping, "unknown_pages"),
            mapping.GetProperty("unknown").EnumerateObject().Aggregate(0UL, static (sum, reason) => sum + reason.Value.GetUInt64())));
        Assert.Equal(Number(json, "touched_bytes"), mappings.Aggregate(0UL, static (sum, mapping) => sum + Number(mapping, "touched_pages")) * Page);
        Assert.Equal(Number(json, "resident_bytes"), Number(json, "touched_bytes") + Number(json, "cold_bytes") + Number(json, "unknown_bytes"));
        JsonElement[] windows = [.. json.GetProperty("windows").EnumerateArray()];
        Assert.Equal(2, windows.Length);
        Assert.Equal(Number(json, "touched_bytes"), Number(windows[1], "touched_bytes"));
        Assert.True(windows[0].GetProperty("window_seconds").GetDouble() >= 0.05);
    }

    /// <summary>
    /// Of memory that is the process's own. Of files another sampler may take a bit between two readings, and what was touched is unknown then.
    /// </summary>
    [Fact]
    public async Task ALongerWindow_HoldsTheShorterOne()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");
        (ulong start, ulong end) = ExerciserTruth.Range(exerciser.Ready, "hot");

        CommandRun run = await RunAsync(
            "snapshot", "-p", $"{exerciser.Pid}", "--json", "--window", "1ms,1s", "--address-range", $"0x{start:x}-0x{end:x}");

        JsonElement[] windows = [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("windows").EnumerateArray()];
        Assert.InRange(Number(windows[0], "touched_bytes"), 0ul, Number(windows[1], "touched_bytes"));
        Assert.Equal(end - start, Number(windows[1], "touched_bytes"));
    }

    [Fact]
    public async Task OnlyWhatIsAskedFor_IsLookedAt()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");
        (ulong start, ulong end) = ExerciserTruth.Range(exerciser.Ready, "cold");

        CommandRun range = await RunAsync("snapshot", "-p", $"{exerciser.Pid}", "--json", "--window", "20ms", "--address-range", $"0x{start:x}-0x{end:x}");
        CommandRun library = await RunAsync("snapshot", "-p", $"{exerciser.Pid}", "--json", "--window", "20ms", "--mapping", "libc.so.6");

        JsonElement cold = JsonDocument.Parse(range.Output).RootElement;
        Assert.Equal((end - start, 0UL), (Number(cold, "cold_bytes"), Number(cold, "touched_bytes")));
        Assert.All(JsonDocument.Parse(library.Output).RootElement.GetProperty("mappings").EnumerateArray(), static mapping =>
            Assert.EndsWith("/libc.so.6", mapping.GetProperty("name").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsNotThere_IsSaid()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");
        _ = await RunAsync("snapshot", "-p", $"{exerciser.Pid}", "--window", "1ms");

        string pid = $"{exerciser.Pid}";
        (await CommandRun.RunAsync("snapshot", "-p", pid, "--mapping", "libfoo")).AssertMistake(ExitCode.TargetGone, "no mapping named 'libfoo'");
        (await CommandRun.RunAsync("snapshot", "-p", pid, "--address-range", "0x1000-0x2000")).AssertMistake(ExitCode.TargetGone, "nothing mapped");
    }

    [Theory]
    [InlineData("no process to look at", "snapshot")]
    [InlineData("'0' is not a window", "snapshot", "-p", "1", "--window", "0")]
    [InlineData("'x' is not a window", "snapshot", "-p", "1", "--window", "1s,x")]
    [InlineData("'a.nettrace' is a recording", "snapshot", "-p", "1", "-o", "a.nettrace")]
    [InlineData("'a.xyz' tells no format", "snapshot", "-p", "1", "-o", "a.xyz")]
    [InlineData("exclude each other", "snapshot", "-p", "1", "--mapping", "x", "--address-range", "0x1000-0x2000")]
    [InlineData("--sample has no meaning with --exact", "record", "-p", "1", "--exact", "--sample", "5ms")]
    [InlineData("--cpu-budget has no meaning with --exact", "record", "-p", "1", "--exact", "--cpu-budget", "1%")]
    [InlineData("--kernel has no meaning with --exact", "record", "-p", "1", "--exact", "--kernel")]
    [InlineData("--aggr 0", "record", "-p", "1", "--exact", "--aggr", "0")]
    public async Task Mistake_IsOneLineAndAHint(string message, params string[] arguments) =>
        (await CommandRun.RunAsync(arguments)).AssertMistake(ExitCode.Usage, message);

    /// <summary>Skips where pages cannot be looked at one by one, with the reason that the command gives.</summary>
    internal static async Task<CommandRun> RunAsync(params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);
        Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck, run.Error);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return run;
    }

    internal static WorkingSetDocument Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return WorkingSetReader.Read(file, path);
    }

    private static ulong TouchedIn(WorkingSetDocument document, ulong start, ulong end)
    {
        ulong bytes = 0;
        foreach (WorkingSetMapping mapping in document.Mappings)
        {
            foreach ((ulong first, ulong count) in mapping.Runs)
            {
                ulong from = Math.Max(start, mapping.Start + (first * Page));
                ulong to = Math.Min(end, mapping.Start + ((first + count) * Page));
                bytes += to > from ? to - from : 0;
            }
        }

        return bytes;
    }

    private static ulong Number(JsonElement element, string name) => element.GetProperty(name).GetUInt64();
}
