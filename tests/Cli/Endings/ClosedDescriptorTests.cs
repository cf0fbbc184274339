using Damon.Trace.Cli.Tests.Formats;

namespace Damon.Trace.Cli.Tests.Endings;

/// <summary>Cron jobs and daemons hand over closed descriptors, whose numbers the runtime would take for its own files.</summary>
[Trait("Category", "Linux")]
public sealed class ClosedDescriptorTests
{
    [Theory]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public void Record_RecordsWithoutThem(string closed)
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        CommandRun run = Bash.Run($"$tool record -p $1 --duration 2s -o \"$2\" {closed}", $"{exerciser.Pid}", folder.File("a.nettrace"));

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        RecordedSnapshots recorded = RecordedSnapshots.Read(folder.File("a.nettrace"));
        Assert.NotEmpty(recorded.Snapshots);
        Assert.Null(recorded.End!.Truncation);
    }

    [Theory]
    [InlineData("report wss nope", ExitCode.BadInput)]
    [InlineData("bogus", ExitCode.Usage)]
    public void MessagesThatNobodyCanRead_ChangeNoExitCode(string command, int exitCode)
    {
        foreach (string nobody in (string[])["2>&-", "2>/dev/full"])
        {
            Assert.Equal(exitCode, Bash.Run($"$tool {command} {nobody}").ExitCode);
        }
    }

    [Theory]
    [InlineData("> /dev/full")]
    [InlineData(">&-")]
    public void RecordToStdoutThatTakesNothing_IsAFailureAndNoReaderThatLeft(string output)
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        CommandRun run = Bash.Run($"$tool record -p $1 --duration 2s -o - {output}", $"{exerciser.Pid}");

        Assert.Equal(ExitCode.OutputFailed, run.ExitCode);
        Assert.Contains("stdout: ends early", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ClosedStdin_IsAnInputThatCannotBeRead() =>
        Bash.Run("$tool script -i - <&-").AssertMistake(ExitCode.BadInput, "standard input is closed");

    [Theory]
    [InlineData("script")]
    [InlineData("report summary")]
    [InlineData("export -o - --format txt")]
    public void ClosedStdout_IsAnOutputThatCannotBeWritten(string command)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"));

        Bash.Run($"$tool {command} -i \"$1\" >&-", folder.File("a.txt")).AssertMistake(ExitCode.OutputFailed, "cannot write to standard output");
    }
}
