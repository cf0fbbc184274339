using Damon.Trace.Cli.Input;
using Damon.Trace.Cli.Tests.Formats;

namespace Damon.Trace.Cli.Tests.Files;

/// <summary>Whoever waits for longer than two seconds is told how far it is, on a terminal and nowhere else.</summary>
[Trait("Category", "Linux")]
public sealed class ReadingProgressTests
{
    private const long Mib = 1 << 20;

    [Theory]
    [InlineData(0, 400, "damon-trace: reading a.nettrace: 0 % of 400.00 MiB, 0 B/s")]
    [InlineData(100, 400, "damon-trace: reading a.nettrace: 25 % of 400.00 MiB, 50.00 MiB/s, 6 s left")]
    [InlineData(399, 400, "damon-trace: reading a.nettrace: 99 % of 400.00 MiB, 199.50 MiB/s, 1 s left")]
    [InlineData(400, 400, "damon-trace: reading a.nettrace: 100 % of 400.00 MiB, 200.00 MiB/s")]
    [InlineData(100, null, "damon-trace: reading a.nettrace: 100.00 MiB, 50.00 MiB/s")]
    public void Describe_SaysPartRateAndTimeLeft(long read, int? total, string expected) => Assert.Equal(
        expected, ReadingProgress.Describe("a.nettrace", read * Mib, total * Mib, TimeSpan.FromSeconds(2)));

    [Fact]
    public void Describe_OfAFolder_CountsEvents() => Assert.Equal(
        "damon-trace: reading dataset: 12.5 M events, 5.0 M/s", ReadingProgress.Describe("dataset", 12_500_000, TimeSpan.FromSeconds(2.5)));

    [Fact]
    public void Describe_FitsALine() => Assert.True(
        ReadingProgress.Describe(new string('x', 300), 1023 * Mib, 1_023_000 * Mib, TimeSpan.FromHours(1)).Length < 80);

    /// <summary>A pipe whose writer rests for three seconds; script(1) makes the terminal.</summary>
    [Theory]
    [InlineData("script -qec \"$tool script -i $1/fifo > $1/out.txt\" /dev/null", true)]
    [InlineData("$tool script -i $1/fifo 2>&1 > $1/out.txt", false)]
    public void SlowReading_IsSaidOnATerminalOnly(string line, bool said)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("in.txt"), 400);
        CommandRun run = Bash.Run(
            $"mkfifo $1/fifo; {{ head -n 1400 $1/in.txt; sleep 4; tail -n +1401 $1/in.txt; }} > $1/fifo & {line}; wait", folder.Path);

        Assert.Equal(said, run.Output.Contains("damon-trace: reading ...", StringComparison.Ordinal));
        Assert.Equal(said, run.Output.Contains("/s", StringComparison.Ordinal));
        Assert.Equal(2800, File.ReadAllLines(folder.File("out.txt")).Length);
        Assert.True(said || (run.Output + run.Error).Length == 0, run.Output + run.Error);
    }
}
