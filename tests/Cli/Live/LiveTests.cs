using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Damon.Trace.Cli.Tests.Live;

/// <summary>The view in a real terminal, on a real process.</summary>
[Trait("Category", "Linux")]
public sealed class LiveTests
{
    // What starts needs half a second of CPU; on a busy machine that has taken a minute.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static readonly string[] s_workload = ["--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "2ms"];

    [Fact]
    public void Live_FollowsAProcessAndItsTerminal()
    {
        Assert.SkipUnless(TmuxSession.IsInstalled, "tmux is not installed");
        using var exerciser = ExerciserRun.Start(s_workload);
        using var terminal = new TmuxSession(80, 24, Shell($"live -p {exerciser.Pid}"));

        terminal.WaitFor(screen => screen.Contains("(exerciser)", StringComparison.Ordinal) && HasHeat(screen));

        // The list that was asked for: else mappings take its place once their states are known, which on a busy machine is before this.
        terminal.Type("h");
        terminal.Resize(120, 40);
        string large = terminal.WaitFor(screen => screen.Contains("addresses", StringComparison.Ordinal));
        Assert.True(large.Split('\n').Max(line => line.Length) > 80, large);
        terminal.Type("c");
        terminal.WaitFor(screen => screen.Contains("coldest", StringComparison.Ordinal));
        terminal.Type("q");
        AssertGivenBack(terminal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void Live_GivesTheTerminalBackOnASignal(string signal)
    {
        Assert.SkipUnless(TmuxSession.IsInstalled, "tmux is not installed");
        using var exerciser = ExerciserRun.Start(s_workload);
        using var folder = new TemporaryFolder();
        string pid = folder.File("pid");
        using var terminal = new TmuxSession(80, 24, Shell($"live -p {exerciser.Pid}", pid));
        terminal.WaitFor(HasHeat);

        using (Process kill = Process.Start("kill", [$"-{signal}", File.ReadAllText(pid).Trim()]))
        {
            kill.WaitForExit();
        }

        AssertGivenBack(terminal);
    }

    [Fact]
    public void Live_AttachesToARecordingInProgress()
    {
        Assert.SkipUnless(TmuxSession.IsInstalled, "tmux is not installed");
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using var exerciser = ExerciserRun.Start(s_workload);
        using ToolProcess recording = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "-o", path]);
        Assert.True(SpinWait.SpinUntil(() => new FileInfo(path + ".partial") is { Exists: true, Length: > 8192 }, TimeSpan.FromSeconds(30)));
        using var terminal = new TmuxSession(80, 24, Shell($"live --attach {recording.Pid}"));

        terminal.WaitFor(screen => screen.Contains("(exerciser)", StringComparison.Ordinal) && HasHeat(screen));
        recording.Send("INT");
        CommandRun run = recording.Wait();

        // The view ends with the recording, and the recording with the view unread.
        terminal.WaitFor(screen => screen.Contains("has ended", StringComparison.Ordinal));
        AssertGivenBack(terminal);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.NotEmpty(RecordedSnapshots.Read(path).Snapshots);
    }

    [Fact]
    public async Task Live_AttachesOverAPipe()
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start(s_workload);
        using ToolProcess recording = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "-o", folder.File("a.nettrace")]);

        // At once, before the recorder's own session, or as soon as there is somebody to attach to.
        string socket = $"dotnet-diagnostic-{recording.Pid}-*-socket";
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(Path.GetTempPath(), socket).Length > 0, s_patience));
        using ToolProcess view = ToolProcess.Start(["live", "--attach", $"{recording.Pid}"]);
        var seen = new StringBuilder();
        Task frame = Task.Run(() =>
        {
            while (view.Output.ReadLine() is { } line && !line.StartsWith("working set ", StringComparison.Ordinal))
            {
                seen.AppendLine(line);
            }
        });
        bool came = await Task.WhenAny(frame, Task.Delay(s_patience)) == frame;
        recording.Send("INT");
        Assert.True(came, seen.ToString());
        Assert.Contains("(exerciser)", seen.ToString(), StringComparison.Ordinal);

        CommandRun run = view.Wait();
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("has ended", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, recording.Wait().ExitCode);
    }

    [Fact]
    public void Live_GivesTheTerminalToTheShellWhileItIsStopped()
    {
        Assert.SkipUnless(TmuxSession.IsInstalled, "tmux is not installed");
        using var exerciser = ExerciserRun.Start(s_workload);
        using var terminal = new TmuxSession(80, 24, "bash --norc -i");
        terminal.Type($"PS1='ready '; {Repository.Program("damon-trace")} live -p {exerciser.Pid}\n");
        terminal.WaitFor(HasHeat);

        terminal.Type("C-z");
        terminal.WaitFor(screen => screen.Contains("Stopped", StringComparison.Ordinal) && !HasHeat(screen));
        terminal.Type("stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e icanon\n");
        terminal.WaitFor(screen => screen.Contains("\nicanon", StringComparison.Ordinal) && screen.Contains("\necho", StringComparison.Ordinal));
        terminal.Type("fg\n");
        terminal.WaitFor(HasHeat);
        terminal.Type("q");
        terminal.WaitFor(screen => screen.Contains("watched exerciser", StringComparison.Ordinal) && !HasHeat(screen));
    }

    [Fact]
    public void Live_PrintsPlainFramesWhereThereIsNoTerminal()
    {
        using var exerciser = ExerciserRun.Start(s_workload);

        CommandRun run = ToolProcess.Run("live", "-p", exerciser.Pid.ToString(CultureInfo.InvariantCulture), "--duration", "5s");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("(exerciser)", run.Output, StringComparison.Ordinal);
        Assert.Contains("working set", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', run.Output);
    }

    [Theory]
    [InlineData("nothing to show", "live")]
    [InlineData("only one of -p and --attach", "live", "-p", "1", "--attach", "1")]
    [InlineData("no damon-trace that could be attached to", "live", "--attach", "1")]
    public async Task Live_ExplainsMistakes(string expected, params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);

        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>What a user has: a shell with something on its screen, and the same shell afterwards.</summary>
    private static string Shell(string arguments, string? pidFile = null)
    {
        string remember = pidFile is null ? "" : $"echo \\$\\$ > {pidFile}; ";
        return "echo before; sh -c \"" + remember + $"exec {Repository.Program("damon-trace")} {arguments}\"; "
            + "echo \"after: $?\"; stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e icanon; read line; echo \"read: $line\"; sleep 60";
    }

    /// <summary>A row of the heatmap with a cell that is always accessed.</summary>
    private static bool HasHeat(string screen) =>
        System.Text.RegularExpressions.Regex.IsMatch(screen, @"^0x[0-9a-f]{12} +\S*9", System.Text.RegularExpressions.RegexOptions.Multiline);

    private static void AssertGivenBack(TmuxSession terminal)
    {
        string screen = terminal.WaitFor(shown => shown.Contains("after: 0", StringComparison.Ordinal)
            && shown.Contains("\nicanon", StringComparison.Ordinal) && shown.Contains("\necho", StringComparison.Ordinal));
        Assert.StartsWith("before\n", screen, StringComparison.Ordinal);
        terminal.Type("hello\n");
        terminal.WaitFor(shown => shown.Contains("read: hello", StringComparison.Ordinal));
    }
}
