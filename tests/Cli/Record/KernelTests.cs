using System.Globalization;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>The kernel's own kdamonds, recorded by listening. They belong to somebody else: nothing is written anywhere.</summary>
[Trait("Category", "Linux")]
public sealed class KernelTests
{
    /// <summary>Both hear the same tracepoint; each reads the clock on its own, so times differ by what lies between the readings.</summary>
    [Fact]
    public void Kernel_RecordsWhatPerfRecords()
    {
        const string Kdamonds = "/sys/kernel/mm/damon/admin/kdamonds";
        string compat = PerfTool.RequireCompat();
        Assert.SkipUnless(Environment.UserName == "root", "the kernel's events are root's");
        Assert.SkipUnless(
            Directory.Exists(Kdamonds) && Directory.GetDirectories(Kdamonds).Any(one => File.ReadAllText(Path.Combine(one, "state")).Trim() == "on"),
            "no kdamond of the kernel runs here");
        using var folder = new TemporaryFolder();
        string ours = folder.File("a.nettrace");
        string perfs = folder.File("perf.data");

        using ToolProcess tool = ToolProcess.Start(["record", "--kernel", "--duration", "16s", "-o", ours]);
        Thread.Sleep(2000);
        PerfTool.Run("record", "-q", "-N", "-k", "mono", "-m", "4M", "-e", "damon:damon_aggregated", "-a", "-o", perfs, "--", "sleep", "12");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains(" 0 lost, 0 dropped by the kernel", run.Error, StringComparison.Ordinal);
        (long Ns, string What)[] expected = Sorted(PerfTool.Run("script", "--ns", "-i", perfs));
        Assert.SkipWhen(expected.Length == 0, "no aggregation ended within 12 s");
        (long Ns, string What)[] all = Sorted(ToolProcess.Run("script", "--ns", "--perf-compat", compat, "-i", ours).Output);
        int begin = Array.FindIndex(all, line => line.What == expected[0].What && Math.Abs(line.Ns - expected[0].Ns) < 100_000_000);
        Assert.True(begin >= 0, $"we did not hear {expected[0].What}");
        (long Ns, string What)[] actual = [.. all.Skip(begin).Take(expected.Length)];
        Assert.Equal(expected.Select(line => line.What), actual.Select(line => line.What));
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second.Ns - pair.First.Ns, -20_000_000, 20_000_000));

        RecordedSnapshots recorded = RecordedSnapshots.Read(ours);
        Assert.All(recorded.Contexts, context => Assert.Equal("kernel", context.AccessCheck));
    }

    [Theory]
    [InlineData("--sample", "5ms")]
    [InlineData("--usdt", null)]
    public async Task Kernel_RefusesOptionsThatWouldChangeAKdamond(string option, string? value)
    {
        string[] arguments = ["record", "--kernel", option, .. value is null ? (string[])[] : [value]];

        CommandRun run = await CommandRun.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"{option} has no meaning with --kernel", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_IsRefusedWithoutPrivileges()
    {
        OrdinaryUser.Require();
        using ToolProcess tool = OrdinaryUser.StartTool("record", "--kernel", "--duration", "1s", "-o", "-");

        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
        Assert.Contains("the kernel's DAMON cannot be listened to", run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Time and everything else of each line, in order of time.</summary>
    private static (long Ns, string What)[] Sorted(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Split).OrderBy(line => line.Ns),
    ];

    private static (long Ns, string What) Split(string line)
    {
        string[] words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
        decimal seconds = decimal.Parse(words[3].TrimEnd(':'), CultureInfo.InvariantCulture);
        return ((long)(seconds * 1_000_000_000), $"{words[0]} {words[1]} {words[2]} {words[4]}");
    }
}
