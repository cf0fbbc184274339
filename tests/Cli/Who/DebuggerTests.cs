using System.Diagnostics;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>A debugger is there first: it has the process, or all of its debug registers too.</summary>
[Trait("Category", "Linux")]
public sealed class DebuggerTests : IDisposable
{
    private const string NothingIsThere = "0x10000";

    private readonly CProgram _targetProgram = new("code");
    private readonly CProgram _debuggerProgram = new("debugger");
    private readonly Process _target;
    private readonly string _range;

    public DebuggerTests()
    {
        _target = Process.Start(new ProcessStartInfo(_targetProgram.Path) { RedirectStandardOutput = true })!;
        _range = _target.StandardOutput.ReadLine()!.Split(' ')[2];
    }

    [Theory]
    [InlineData("watchpoints")]
    [InlineData("instructions")]
    public async Task Traced_IsSampledAllTheSame(string sampler)
    {
        using Process debugger = Debug();

        CommandRun run = await WhoAsync(sampler);
        Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck, run.Error);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal("write_data", FirstFunction(run));
        End(debugger);
    }

    [Fact]
    public async Task RegistersTaken_WatchpointsSayWhoHasThem()
    {
        using Process debugger = Debug(NothingIsThere);

        CommandRun run = await WhoAsync("watchpoints");
        Assert.SkipWhen(run.Error.Contains("no watchpoints here: the kernel sets watchpoints", StringComparison.Ordinal), run.Error);

        run.AssertMistake(ExitCode.NoAccessCheck, $"no watchpoints here: the debug registers of process {_target.Id} are taken");
        Assert.Contains("hint: use --by instructions", run.Error, StringComparison.Ordinal);
        End(debugger);
    }

    [Fact]
    public async Task RegistersTaken_AutoLooksAtInstructionsAndSaysSo()
    {
        using Process debugger = Debug(NothingIsThere);

        CommandRun run = await WhoAsync("auto");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("instructions", json.GetProperty("sampler").GetString());
        Assert.Equal("write_data", FirstFunction(run));
        string remarks = string.Join('\n', json.GetProperty("remarks").EnumerateArray().Select(static remark => remark.GetString()));
        Assert.Matches($"no watchpoints, .*: (the debug registers of process {_target.Id} are taken|the kernel sets watchpoints and the processor never stops)", remarks);
        End(debugger);
    }

    public void Dispose()
    {
        _target.Kill();
        _target.WaitForExit();
        _target.Dispose();
        _targetProgram.Dispose();
        _debuggerProgram.Dispose();
    }

    private static string? FirstFunction(CommandRun run) => JsonDocument.Parse(run.Output).RootElement
        .GetProperty("ranges")[0].GetProperty("functions")[0].GetProperty("function").GetString();

    private Task<CommandRun> WhoAsync(string sampler) => CommandRun.RunAsync(
        "who", "-p", $"{_target.Id}", "--address-range", _range, "--by", sampler, "--duration", "1s", "--target-budget", "20%", "--json");

    /// <summary>Skips the test where the system lets nobody trace.</summary>
    private Process Debug(params string[] address)
    {
        Process debugger = Process.Start(new ProcessStartInfo(_debuggerProgram.Path, [$"{_target.Id}", .. address])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? answer = debugger.StandardOutput.ReadLine();
        Assert.SkipWhen(answer != "traced", $"ptrace refuses: {answer}");
        return debugger;
    }

    private static void End(Process debugger)
    {
        debugger.StandardInput.Close();
        debugger.WaitForExit();
        Assert.Equal(0, debugger.ExitCode);
    }
}
