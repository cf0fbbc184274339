namespace Damon.Trace.Cli.Tests.Services;

/// <summary>A limit that is tried is taken back however the trial ends; on files as a control group has them, for few machines lend one.</summary>
[Trait("Category", "Linux")]
public sealed class VerifyLimitTests : IDisposable
{
    private readonly TemporaryFolder _group = new();

    public VerifyLimitTests()
    {
        File.WriteAllText(_group.File("cgroup.procs"), "");
        File.WriteAllText(_group.File("memory.high"), "max\n");
        File.WriteAllText(_group.File("memory.current"), "2147483648\n");
        File.WriteAllText(_group.File("memory.stat"), "anon 1\nworkingset_refault_anon 10\nworkingset_refault_file 5\npgmajfault 3\n");
        File.WriteAllText(_group.File("memory.pressure"), "some avg10=0.00 avg60=0.00 avg300=0.00 total=100\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=50\n");
    }

    private string Folder => Path.GetDirectoryName(_group.File("x"))!;

    private string High => File.ReadAllText(_group.File("memory.high")).Trim();

    [Fact]
    public void Limit_IsRestoredAfterKill()
    {
        using ToolProcess tool = Start("1h");
        WaitForHigh("1468006400");
        tool.Send("KILL");
        tool.WaitUnread();

        WaitForHigh("max");
    }

    /// <summary>An agent that reads memory.high all the time, holding a lock on it, is nobody's business.</summary>
    [Fact]
    public void Trial_SaysWhatWasSeen()
    {
        using FileStream reader = File.Open(_group.File("memory.high"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using ToolProcess tool = Start("1s");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("limit 1.37 GiB for 1 s: done", run.Output, StringComparison.Ordinal);
        Assert.Contains("with limit", run.Output, StringComparison.Ordinal);
        Assert.Contains("its second half", run.Output, StringComparison.Ordinal);
        Assert.Equal("max", High);
    }

    [Fact]
    public async Task GroupThatCannotBeLimited_IsRefused()
    {
        File.WriteAllText(_group.File("memory.high"), "1048576\n");
        (await RunAsync()).AssertMistake(ExitCode.Usage, "not more than the limit to try");
        File.Delete(_group.File("memory.high"));
        (await RunAsync()).AssertMistake(ExitCode.TargetGone, "has no memory controller");
        Assert.False(File.Exists(_group.File("memory.high")));
    }

    public void Dispose() => _group.Dispose();

    private ToolProcess Start(string duration) =>
        ToolProcess.Start(["verify-limit", "--cgroup", Folder, "--limit", "1400M", "--duration", duration, "--before", "100ms"]);

    private Task<CommandRun> RunAsync() => CommandRun.RunAsync("verify-limit", "--cgroup", Folder, "--limit", "1400M");

    private void WaitForHigh(string expected) => Assert.True(
        SpinWait.SpinUntil(() => High == expected, TimeSpan.FromMinutes(2)), $"memory.high is {High}, not {expected}");
}
