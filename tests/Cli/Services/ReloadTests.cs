using System.Globalization;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>SIGHUP to a recording that is a service: the file of now ends whole, the config file is read anew, and the recording goes on.</summary>
[Trait("Category", "Linux")]
public sealed class ReloadTests : IDisposable
{
    // What runs the tests may ignore hang-ups, as nohup does, and what is ignored stays so in all that is started.
    private const string Tool = "exec env --default-signal=HUP $tool";
    private const string Hold = "import sys, time; own = bytearray(8 << 20); print('ready', flush=True); time.sleep(600)";

    private readonly TemporaryFolder _folder = new();
    private readonly Python _first = Python.Start(Hold);
    private readonly Python _second = Python.Start(Hold);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _folder.Dispose();
    }

    /// <summary>Other targets, and metrics that are served all the time by the same port. What nobody watched is said in the file and to people.</summary>
    [Fact]
    public async Task Reload_GoesOnWithWhatTheFileSaysNow()
    {
        int port = Prometheus.FreePort();
        Configure(_first, "rotate = 1h", $"metrics = 127.0.0.1:{port}");
        using ToolProcess tool = Start();
        using var client = new HttpClient();
        string before = await ScrapeAsync(client, port, _first);

        Configure(_second, "rotate = 1h", $"metrics = 127.0.0.1:{port}");
        tool.Send("HUP");
        WaitFor("reloaded: ");
        string after = await ScrapeAsync(client, port, _second);
        tool.Send("INT");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, Said());
        Assert.DoesNotContain($"process_pid=\"{_second.Pid}\"", before, StringComparison.Ordinal);
        Assert.DoesNotContain($"process_pid=\"{_first.Pid}\"", after, StringComparison.Ordinal);
        string[] files = Files();
        Assert.True(files.Length == 2, Said());
        RecordedSnapshots[] recorded = [.. files.Select(RecordedSnapshots.Read)];
        Assert.All(recorded, static one => Assert.NotEmpty(one.Snapshots));
        Assert.All(recorded.SelectMany(static one => one.Snapshots), static snapshot => Assert.True(snapshot.Complete));
        Assert.True(recorded[0].Snapshots[^1].EndNs <= recorded[1].Snapshots[0].BeginNs);
        Assert.Matches(@"reloaded after [0-9.]+ s: " + recorded[0].Snapshots.Count + @" snapshots \(0 incomplete\)", Said());
        Assert.Matches(@"reloaded: [0-9.]+ s are in no file", Said());
        string[] reports = [.. files.Select(static file => Bash.Run("$tool report \"$1\"", file).Output)];
        Assert.Contains($"pid {_first.Pid} ", reports[0], StringComparison.Ordinal);
        Assert.DoesNotContain("reload-gap", reports[0], StringComparison.Ordinal);
        Assert.Contains($"pid {_second.Pid} ", reports[1], StringComparison.Ordinal);
        Assert.Matches(@"reload-gap=[0-9.]+s", reports[1]);
    }

    /// <summary>Whatever is wrong with what the file says now: one line with what and where, and what was recorded goes on.</summary>
    [Fact]
    public void MistakeInWhatIsReloaded_LeavesTheRecordingAsItWas()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        Configure(_first, "rotate = 1h");
        using ToolProcess tool = Start();
        WaitForSnapshots();
        (string[] Lines, string Message)[] mistakes =
        [
            (["rotate = 1h", "cpu-budgt = 1%"], "a.conf, line 5: 'cpu-budgt' is no option of record in a file"),
            (["rotate = 10x"], "a.conf, line 4: '10x' is neither a size nor a time"),
            (["rotate = 1h", "unit = no-such-unit"], "no unit 'no-such-unit.service' runs"),
            (["rotate = 1h", "output = /no/such/folder/a.nettrace"], "cannot write '/no/such/folder/"),
            (["rotate = 1h", $"metrics = {taken.LocalEndpoint}"], $"cannot listen on {taken.LocalEndpoint}"),
            ([], "the config file says nothing of rotation any more"),
        ];
        foreach ((string[] lines, string message) in mistakes)
        {
            Configure(_second, lines);
            tool.Send("HUP");
            WaitFor("not reloaded, the recording goes on as it was: ", message);
        }

        File.Delete(_folder.File("a.conf"));
        tool.Send("HUP");
        WaitFor("not reloaded, the recording goes on as it was: ", "the config file cannot be read: ");

        // Nobody writes to it: what waits for that would not hear of its end either.
        Assert.Equal(0, Bash.Run("mkfifo \"$1\"", _folder.File("a.conf")).ExitCode);
        tool.Send("HUP");
        WaitFor("not reloaded, the recording goes on as it was: ", "is not a file");
        tool.Send("TERM");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, Said());
        Assert.Equal(mistakes.Length + 2, Said().Split("not reloaded").Length - 1);
        string file = Assert.Single(Files());
        Assert.Single(RecordedSnapshots.Read(file).Snapshots.Select(static snapshot => snapshot.TargetId).Distinct());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.partial"));
    }

    /// <summary>It comes as soon as it is taken, before anything is recorded: a service manager may send it right after the start.</summary>
    [Fact]
    public void HangUpAtTheStart_IsAnsweredOnceItRuns()
    {
        Configure(_first, "rotate = 1h");
        using ToolProcess tool = Start();
        Assert.True(SpinWait.SpinUntil(() => TakesHangUps(tool.Pid), TimeSpan.FromSeconds(60)));
        tool.Send("HUP");
        WaitFor("reloaded: ");
        WaitForSnapshots();
        tool.Send("TERM");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, Said());
    }

    /// <summary>Without a config file, or into one file that the next recording would replace, it is what it always was.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HangUpOfWhatIsNoService_EndsIt(bool hasConfig)
    {
        Configure(_first, "cpu-budget = 5%");
        using ToolProcess tool = hasConfig
            ? Start()
            : Bash.Start($"{Tool} record -p $1 --rotate 1h -o \"$2\" 2> \"$3\"", $"{_first.Pid}", _folder.File("a.nettrace"), _folder.File("said"));
        WaitForSnapshots();
        tool.Send("HUP");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, Said());
        Assert.Contains("interrupted after", Said(), StringComparison.Ordinal);
        Assert.NotEmpty(RecordedSnapshots.Read(Assert.Single(Files())).Snapshots);
    }

    /// <summary>A terminal that is closed ends what was started in it, config file or not.</summary>
    [Fact]
    public void HangUpOfTheTerminal_EndsIt()
    {
        Configure(_first, "rotate = 1h");
        string script = _folder.File("terminal.py");
        File.WriteAllText(script, """
            import os, pty, sys, time
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv("/bin/sh", ["sh", "-c", "exec env --default-signal=HUP \"$0\" record --config \"$1\" 2> \"$2\"", *sys.argv[1:4]])
            sys.stdin.read(1)
            os.close(terminal)
            _, status = os.waitpid(pid, 0)
            sys.exit(os.waitstatus_to_exitcode(status))
            """);
        using ToolProcess tool = Bash.Start(
            "{ until grep -q recording \"$4\" 2>/dev/null && [ -n \"$(find \"$5\" -name '*.partial' -size +8k)\" ]; do sleep 0.1; done; echo; } "
            + "| /usr/bin/python3 \"$1\" \"$2\" \"$3\" \"$4\"",
            script, Repository.Program("damon-trace"), _folder.File("a.conf"), _folder.File("said"), _folder.Path);
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, $"{run.Error}{Said()}");
        Assert.Contains("interrupted after", Said(), StringComparison.Ordinal);
        Assert.NotEmpty(RecordedSnapshots.Read(Assert.Single(Files())).Snapshots);
    }

    private void Configure(Python target, params string[] lines) => File.WriteAllLines(
        _folder.File("a.conf"),
        [$"pid = {target.Pid}", "duration = 10min", .. lines.Any(static line => line.StartsWith("output", StringComparison.Ordinal)) ? [] : (string[])[$"output = {_folder.File("a.nettrace")}"], .. lines]);

    /// <summary>Of damon-trace itself, which the shell has become.</summary>
    private static bool TakesHangUps(int pid)
    {
        Dictionary<string, string> status = File.ReadLines($"/proc/{pid}/status").Select(static line => line.Split(':', 2))
            .ToDictionary(static parts => parts[0], static parts => parts[1].Trim());
        return status["Name"].StartsWith("damon-trace", StringComparison.Ordinal) && (Convert.ToUInt64(status["SigCgt"], 16) & 1) != 0;
    }

    private ToolProcess Start() => Bash.Start($"{Tool} record --config \"$1\" 2> \"$2\"", _folder.File("a.conf"), _folder.File("said"));

    private string Said() => File.Exists(_folder.File("said")) ? File.ReadAllText(_folder.File("said")) : "";

    /// <summary>In the order in which they were ended: names of one second tell no order by their letters.</summary>
    private string[] Files() => [.. Directory.GetFiles(_folder.Path, "*.nettrace").OrderBy(File.GetLastWriteTimeUtc)];

    private void WaitFor(params string[] texts) => Assert.True(
        SpinWait.SpinUntil(() => Said().Split('\n').Any(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))), TimeSpan.FromSeconds(60)),
        $"'{string.Join("' and '", texts)}' was never said: {Said()}");

    private void WaitForSnapshots() => Assert.True(RecordedSnapshots.Await(() => Directory.GetFiles(_folder.Path, "*.partial").FirstOrDefault()), Said());

    private static Task<string> ScrapeAsync(HttpClient client, int port, Python target) =>
        Prometheus.PollAsync(client, $"http://127.0.0.1:{port}/metrics", string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{target.Pid}\""));
}
