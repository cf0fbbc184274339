using System.Globalization;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>Several processes as one service: recorded while they come and go, and looked at with what they share counted once.</summary>
[Trait("Category", "Linux")]
public sealed class ServiceTests
{
    private const ulong MiB = 1 << 20;

    // A parent that maps 16 MiB of shared memory and touches the first half; children that touch the second half, and 4 MiB of their own each.
    private const string Program = """
        import mmap, os, sys, time
        M, P = 1 << 20, 4096
        pool = mmap.mmap(-1, 16 * M)
        for i in range(0, 16 * M, P): pool[i] = 1
        for child in range(2):
            if os.fork() == 0:
                own = mmap.mmap(-1, 4 * M, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
                while True:
                    for i in range(8 * M, 16 * M, P): pool[i] = 2
                    for i in range(0, 4 * M, P): own[i] = 2
                    time.sleep(0.01)
        print("ready", flush=True)
        while True:
            for i in range(0, 8 * M, P): pool[i] = 2
            time.sleep(0.01)
        """;

    /// <summary>24 MiB in truth: 16 of the pool, which the sum over the processes counts 1.5 times, and two times 4. Python itself touches little.</summary>
    [Fact]
    public async Task Snapshot_CountsSharedMemoryOnce()
    {
        using Python parent = Python.Start(Program);

        CommandRun run = await Snapshots.SnapshotTests.RunAsync("snapshot", "-p", $"{parent.Pid}", "--children", "--json", "--window", "1s");

        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        JsonElement total = json.GetProperty("total");
        Assert.SkipWhen(total.ValueKind == JsonValueKind.Null, "page frames are hidden from this user");
        JsonElement[] processes = [.. json.GetProperty("processes").EnumerateArray()];
        ulong sum = processes.Aggregate(0ul, static (sum, process) => sum + process.GetProperty("touched_bytes").GetUInt64());
        ulong touched = total.GetProperty("touched_bytes").GetUInt64();
        Assert.Equal(3, processes.Length);
        Assert.InRange(touched, 24 * MiB, (24 * MiB) + (6 * MiB));
        Assert.Equal(sum - touched, total.GetProperty("shared_touched_bytes").GetUInt64());
        Assert.True(sum - touched >= 8 * MiB, $"{sum} and {touched}");
        Assert.Equal(
            total.GetProperty("resident_bytes").GetUInt64(),
            touched + total.GetProperty("cold_bytes").GetUInt64() + total.GetProperty("unknown_bytes").GetUInt64());
    }

    /// <summary>One recording: a child that is forked later is a target, one that ends is none any more, and the stream says so.</summary>
    [Fact]
    public void Record_FollowsChildren()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = Bash.Run(
            "$tool record --children --check referenced-mappings --duration 5s -o \"$1\" -- bash -c 'exec >/dev/null 2>&1; while true; do sleep 2.5 & sleep 0.7; done'",
            folder.File("a.nettrace"));

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("following pid:", run.Error, StringComparison.Ordinal);
        Assert.Contains("is recorded from now on", run.Error, StringComparison.Ordinal);
        Assert.Contains("has exited;", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("children is not recorded", run.Error, StringComparison.Ordinal);
        RecordedSnapshots all = RecordedSnapshots.Read(folder.File("a.nettrace"));
        Assert.True(all.Snapshots.Select(static snapshot => snapshot.TargetId).Distinct().Count() >= 3);
        CommandRun summary = Bash.Run("$tool report \"$1\" --json", folder.File("a.nettrace"));
        Assert.Contains("follow=pid:", summary.Output, StringComparison.Ordinal);
    }

    /// <summary>The same where every page is looked at: the child that is forked in the third second is a target from the next window on.</summary>
    [Fact]
    public async Task ExactRecording_FollowsChildren()
    {
        using var folder = new TemporaryFolder();
        using Python parent = Python.Start("""
            import os, time
            print("ready", flush=True)
            time.sleep(2.5)
            if os.fork() == 0:
                own = bytearray(8 << 20)
                while True:
                    for i in range(0, len(own), 4096): own[i] = 1
                    time.sleep(0.01)
            time.sleep(60)
            """);

        CommandRun run = await Snapshots.SnapshotTests.RunAsync(
            "record", "--exact", "-p", $"{parent.Pid}", "--children", "--aggr", "500ms", "--duration", "6s", "-o", folder.File("a.nettrace"));

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("following pid:", run.Error, StringComparison.Ordinal);
        Assert.Contains("is recorded from now on; 2 targets", run.Error, StringComparison.Ordinal);
        RecordedSnapshots all = RecordedSnapshots.Read(folder.File("a.nettrace"));
        Assert.Contains(all.Snapshots, static snapshot => snapshot.TargetId == 1);
    }

    /// <summary>Every file is whole, none of the snapshots is in two of them or in none, and only as many stay as were asked for.</summary>
    [Fact]
    public void Rotation_LosesNothingAtTheSeam()
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        string output = folder.File("a.nettrace");
        CommandRun run = Bash.Run("$tool record -p $1 --rotate 1s --duration 2.2s -o \"$2\"", $"{exerciser.Pid}", output);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        string[] files = [.. Directory.GetFiles(Path.GetDirectoryName(output)!).Order(StringComparer.Ordinal)];
        Assert.True(files.Length >= 2, run.Error);
        Assert.All(files, static file => Assert.Matches(@"a-\d{8}-\d{6}(\.\d+)?\.nettrace$", file));
        RecordedSnapshot[] snapshots = [.. files.SelectMany(static file => RecordedSnapshots.Read(file).Snapshots)];
        Assert.All(snapshots, static snapshot => Assert.True(snapshot.Complete));
        Assert.Equal(snapshots.Select(static snapshot => snapshot.BeginNs).Distinct().Order(), snapshots.Select(static snapshot => snapshot.BeginNs));
        Assert.Contains($": {snapshots.Length} snapshots (0 incomplete)", run.Error, StringComparison.Ordinal);
        Assert.Contains(" 0 lost", run.Error, StringComparison.Ordinal);

        // The command line wins over the file, and files of the recording before are old ones, too.
        File.WriteAllText(folder.File("a.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            # what to record
            pid = {exerciser.Pid}
            output: "{output}"
            rotate = 1s
            keep = 2 # the newest
            duration = 1h
            children = false
            """));
        foreach (int day in (int[])[1, 2, 3, 4])
        {
            File.WriteAllText(folder.File($"a-2020010{day}-000000.nettrace.partial"), "left behind");
        }

        using FileStream written = File.Open(folder.File("a-20200101-000000.nettrace.partial"), FileMode.Open, FileAccess.Write, FileShare.None);
        CommandRun second = Bash.Run("$tool record --config \"$1\" --duration 1.2s", folder.File("a.conf"));

        Assert.True(second.ExitCode == ExitCode.Ok, second.Error);
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(output)!, "*.nettrace").Length);

        // Of what killed recorders left as many, what is being written included; never what somebody else writes.
        string[] parts = [.. Directory.GetFiles(Path.GetDirectoryName(output)!, "*.partial").Select(static file => Path.GetFileName(file)!)];
        Assert.Contains("a-20200101-000000.nettrace.partial", parts);
        Assert.DoesNotContain("a-20200102-000000.nettrace.partial", parts);
        Assert.Contains("a-20200104-000000.nettrace.partial", parts);
    }

    [Theory]
    [InlineData("cpu-budgt = 1%", "line 2: 'cpu-budgt' is no option of record")]
    [InlineData("config = other.conf", "line 2: 'config' is no option of record in a file")]
    [InlineData("comm = a\nduration = 1s\nduration = 2s", "line 4: 'duration' is there for the second time")]
    [InlineData("children = yes", "line 2: 'children' is true or false")]
    [InlineData("duration =", "line 2: 'duration' has no value")]
    [InlineData("comm = a\nrotate = 1m", "a.conf, line 3: '1m' is a size to some and a time to others")]
    [InlineData("metrics = 9464", "a.conf, line 2: '9464' is not an address and port")]
    public async Task MistakeInAConfigFile_SaysWhere(string line, string message)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.conf"), $"# a comment\n{line}\n");

        (await CommandRun.RunAsync("record", "--config", folder.File("a.conf"))).AssertMistake(ExitCode.Usage, message);
    }

    /// <summary>What we ship for systemd: the unit as systemd reads it, and the options it names, of which all but the unit that does not run are understood.</summary>
    [Fact]
    public async Task ExampleOfAService_IsUnderstood()
    {
        string examples = Path.Join(Repository.Root, "examples", "service");
        CommandRun record = await CommandRun.RunAsync("record", "--config", Path.Join(examples, "damon-trace.conf"), "--unit", "no-such-unit");
        record.AssertMistake(ExitCode.TargetGone, "no unit 'no-such-unit.service' runs");

        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");
        using var folder = new TemporaryFolder();
        string unit = await File.ReadAllTextAsync(Path.Join(examples, "damon-trace.service"));
        await File.WriteAllTextAsync(
            folder.File("damon-trace.service"), unit.Replace("ExecStart=damon-trace", $"ExecStart={Repository.Program("damon-trace")}", StringComparison.Ordinal));
        CommandRun verify = Bash.Run("systemd-analyze verify \"$1\"", folder.File("damon-trace.service"));
        Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
    }

    /// <summary>Options of a command that is started are its own, and say nothing about those of the file.</summary>
    [Fact]
    public void Config_IsNotMistakenForOptionsOfACommand()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.conf"), $"output = {folder.File("a.nettrace")}\nduration = 2s\n");

        CommandRun run = Bash.Run("$tool record --config \"$1\" -- bash -c 'sleep 30' --output x --duration y", folder.File("a.conf"));

        Assert.Contains("a.nettrace", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("a.nettrace")), run.Error);
    }

    /// <summary>By the time its processes turn out to be gone there are others.</summary>
    [Fact]
    public void TargetThatRestartsAllTheTime_IsFollowed()
    {
        using var folder = new TemporaryFolder();
        string program = folder.File("restarts");
        File.Copy("/bin/sleep", program);
        using Python restarts = Python.Start($"import subprocess; print('ready', flush=True)\nwhile True: subprocess.run(['{program}', '0.3'])");

        CommandRun run = Bash.Run("$tool record -n restarts --follow-restarts --duration 4s -o \"$1\"", folder.File("a.nettrace"));

        Assert.Contains("damon-trace: recording restarts (", run.Error, StringComparison.Ordinal);
        Assert.Contains("damon-trace: done after ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>More match than can be targets: that is said, once, with their number.</summary>
    [Fact]
    public void TooManyTargets_AreSaid()
    {
        using var folder = new TemporaryFolder();
        string program = folder.File("many");
        File.Copy("/bin/sleep", program);
        using Python many = Python.Start($"""
            import ctypes, signal, subprocess, time
            end_with_me = lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            all = [subprocess.Popen(['{program}', '60'], preexec_fn=end_with_me) for _ in range(260)]
            print('ready', flush=True)
            time.sleep(60)
            """);

        CommandRun run = Bash.Run("$tool record -n many --check referenced-mappings --duration 8s -o \"$1\"", folder.File("a.nettrace"));

        Assert.True(run.Error.Split(" is left out: it and 3 others match, and no more than 256 processes can be targets").Length == 2, run.Error);
    }

    /// <summary>Its folder is gone: that is said once, not twice a second, and what was to be a file is no success.</summary>
    [Fact]
    public void RotationWithoutItsFolder_IsSaidOnceAndFails()
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        string inner = folder.File("inner");
        Directory.CreateDirectory(inner);
        using ToolProcess tool = ToolProcess.Start(
            ["record", "-p", $"{exerciser.Pid}", "--rotate", "1s", "-o", Path.Join(inner, "a.nettrace"), "--duration", "6s"]);
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(inner).Length > 1, TimeSpan.FromSeconds(30)));
        Directory.Delete(inner, recursive: true);
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.OutputFailed, run.Error);
        Assert.True(run.Error.Split("no new file could be begun").Length == 2, run.Error);
    }

    [Theory]
    [InlineData(ExitCode.TargetGone, "no process matches name:no-such-process", "record", "-n", "no-such-process")]
    [InlineData(ExitCode.TargetGone, "there is no user 'no such user'", "live", "--user", "no such user")]
    [InlineData(ExitCode.TargetGone, "the pid file /no/such/file cannot be read", "snapshot", "--pid-file", "/no/such/file")]
    [InlineData(ExitCode.Usage, "the config file cannot be read", "record", "--config", "/no/such/file")]
    [InlineData(ExitCode.Usage, "the config file cannot be read: it is a directory", "record", "--config", "/proc")]
    [InlineData(ExitCode.Usage, "/dev/zero is too large to be a config file", "record", "--config", "/dev/zero")]
    [InlineData(ExitCode.Usage, "only one --config can be given", "record", "--config", "/a", "--config=/b")]
    [InlineData(ExitCode.Usage, "option '--config' needs a value", "record", "--config", "--", "sleep")]
    [InlineData(ExitCode.Usage, "--keep has no meaning without --rotate", "record", "-p", "1", "--keep", "3")]
    [InlineData(ExitCode.Usage, "'-' cannot be rotated", "record", "-p", "1", "--rotate", "1h", "-o", "-")]
    [InlineData(ExitCode.Usage, "'10x' is neither a size nor a time", "record", "-p", "1", "--rotate", "10x")]
    [InlineData(ExitCode.Usage, "'1m' is a size to some and a time to others: use 1MB or 1min", "record", "-p", "1", "--rotate", "1m")]
    [InlineData(ExitCode.Usage, "there is no profile 'fast'", "record", "-p", "1", "--profile", "fast")]
    [InlineData(ExitCode.Usage, "'[::1]:9464' is an address of IPv6", "record", "-p", "1", "--metrics", "[::1]:9464")]
    [InlineData(ExitCode.Usage, "'0.0.0.0:9464' is not a loopback address", "record", "-p", "1", "--metrics", "0.0.0.0:9464")]
    [InlineData(ExitCode.Usage, "'9464' is not an address and port", "record", "-p", "1", "--metrics", "9464")]
    [InlineData(ExitCode.Usage, "'collector' is not the URL of a collector", "record", "-p", "1", "--otlp", "collector")]
    [InlineData(ExitCode.Usage, "targets cannot be followed with --kernel", "record", "--kernel", "-n", "redis-server")]
    [InlineData(ExitCode.Usage, "there are no 'mysql' names", "record", "-p", "1", "--names", "mysql")]
    [InlineData(ExitCode.Usage, "'dotnet-types' names are told by 'snapshot' only", "record", "-p", "1", "--names", "files,dotnet-types")]
    [InlineData(ExitCode.Usage, "no control group to try a limit on", "verify-limit", "--limit", "1G")]
    [InlineData(ExitCode.Usage, "no limit to try", "verify-limit", "--cgroup", "/a")]
    public async Task Mistake_IsOneLineAndAHint(int exitCode, string message, params string[] arguments) =>
        (await CommandRun.RunAsync(arguments)).AssertMistake(exitCode, message);
}
