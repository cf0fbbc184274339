using Damon.Trace.Cli.Tests.Formats;

namespace Damon.Trace.Cli.Tests.Endings;

/// <summary>
/// A signal ends every command, wherever it is: while it starts, reads, writes, or waits for the other end of a pipe. It says nothing, and
/// leaves nothing half. DAMON_TRACE_SIGNALS sets how many of each are tried, 4 by default.
/// </summary>
[Trait("Category", "Linux")]
public sealed class SignalTests : IDisposable
{
    private static readonly int s_rounds = int.Parse(Environment.GetEnvironmentVariable("DAMON_TRACE_SIGNALS") ?? "4", System.Globalization.CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20261129);

    public SignalTests()
    {
        SyntheticText.Write(_folder.File("in.txt"), 20_000);
        Assert.Equal(0, Bash.Run("mkfifo \"$1\"", _folder.File("fifo")).ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>What ends by itself before the signal comes has done its work; nothing else may be left, in any case.</summary>
    [Theory]
    [InlineData("script -i in.txt", "")]
    [InlineData("export -i in.txt -o out.parquet", "out.parquet")]
    [InlineData("export -i in.txt -o out.damo.json", "out.damo.json")]
    [InlineData("export -i in.txt -o out --format ctf", "out")]
    [InlineData("export -i in.txt -o out --partition host,date", "out")]
    [InlineData("report regions -i in.txt", "")]
    [InlineData("report wss -i in.txt -o out.svg", "out.svg")]
    [InlineData("report -i in.txt --sample 5ms --aggr 100ms -o out.html", "out.html")]
    public void Command_EndsAtOnceAndLeavesNothingHalf(string arguments, string output)
    {
        for (int i = 0; i < s_rounds; i++)
        {
            string signal = i % 2 == 0 ? "INT" : "TERM";
            using ToolProcess tool = Start(arguments + " >/dev/null");
            Thread.Sleep(_random.Next(0, 600));
            tool.Send(signal);
            CommandRun run = tool.Wait();

            bool done = run.ExitCode == ExitCode.Ok;
            Assert.True(done || run.ExitCode == CodeOf(signal), $"{arguments}, {signal}: exit code {run.ExitCode}: {run.Error}");
            Assert.True(done || run.Error.Length == 0, run.Error);
            IEnumerable<string> left = Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!);
            Assert.Empty(left.Except(["in.txt", "fifo", done || arguments.Contains("host,date", StringComparison.Ordinal) ? output : ""]));
            Remove(output);
        }
    }

    /// <summary>Nobody ever writes to these pipes, or reads from them.</summary>
    [Theory]
    [InlineData("script -i fifo")]
    [InlineData("script -i - < fifo2")]
    [InlineData("export -i fifo -o out.txt")]
    [InlineData("report summary -i fifo")]
    [InlineData("report heatmap fifo -o out.svg")]
    [InlineData("report - < fifo2")]
    [InlineData("script -i in.txt > fifo2")]
    [InlineData("export -i in.txt -o fifo --format txt")]
    [InlineData("record -p $PPID -o fifo --format nettrace")]
    public void CommandThatWaitsForAPipe_EndsAtOnce(string arguments)
    {
        for (int i = 0; i < s_rounds; i++)
        {
            string signal = i % 2 == 0 ? "INT" : "TERM";

            // Somebody who has opened a pipe and neither reads nor writes.
            string before = arguments.EndsWith("fifo2", StringComparison.Ordinal) ? "rm -f fifo2; mkfifo fifo2; exec 9<>fifo2; " : "";
            using ToolProcess tool = Start(arguments, before);
            Thread.Sleep(_random.Next(200, 900));
            tool.Send(signal);
            CommandRun run = tool.Wait();

            Assert.True(run.ExitCode == CodeOf(signal), $"{arguments}, {signal}: exit code {run.ExitCode}: {run.Error}");
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder.File("out.txt.partial")) || File.Exists(_folder.File("out.svg.partial")));
        }
    }

    /// <summary>The first signal ends the recording as it should be; more of them, at any time, never make the program crash.</summary>
    [Theory]
    [InlineData("record -o out.nettrace -o out.txt -p")]
    [InlineData("live -p")]
    public void SeveralSignals_NeverCrash(string arguments)
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        for (int i = 0; i < s_rounds; i++)
        {
            string signal = i % 2 == 0 ? "INT" : "TERM";
            using ToolProcess tool = Start($"{arguments} {exerciser.Pid} >/dev/null");
            Thread.Sleep(_random.Next(0, 2500));
            for (int n = 0; n < 3; n++)
            {
                tool.Send(signal);
                Thread.Sleep(_random.Next(0, 400));
            }

            CommandRun run = tool.Wait();

            Assert.True(run.ExitCode is ExitCode.Ok || run.ExitCode == CodeOf(signal), $"exit code {run.ExitCode}: {run.Error}");
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            if (File.Exists(_folder.File("out.nettrace")))
            {
                Assert.Null(RecordedSnapshots.Read(_folder.File("out.nettrace")).End!.Truncation);
                File.Delete(_folder.File("out.nettrace"));
            }
        }
    }

    private static int CodeOf(string signal) => signal == "INT" ? 130 : 143;

    /// <summary>As a terminal starts it: with SIGINT not ignored.</summary>
    private ToolProcess Start(string arguments, string before = "") => Bash.Start($"cd \"$1\" || exit 99; {before}exec $tool {arguments}", _folder.Path);

    private void Remove(string output)
    {
        if (output.Length > 0 && Directory.Exists(_folder.File(output)))
        {
            Directory.Delete(_folder.File(output), recursive: true);
        }
        else if (output.Length > 0)
        {
            File.Delete(_folder.File(output));
        }
    }
}
