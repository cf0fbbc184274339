namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>Targets that do what is hard to follow: a recording of them ends as it should, is readable, and changes nothing for them.</summary>
[Trait("Category", "Linux")]
public sealed class TargetTests
{
    private static readonly (string Kind, int Count)[] s_restless =
        [("mappings", 60_000), ("changes", 10_000), ("forks", 20), ("threads", 0), ("exec", 300), ("exec", 20), ("nodump", 0)];

    private static readonly string[] s_commands =
    [
        "record -o $1/a.nettrace -p $2 --duration 20s", "record --who -o $1/a.nettrace -p $2 --duration 20s",
        "record --exact --aggr 100ms -o $1/a.nettrace -p $2 --duration 20s", "record --check referenced-mappings -o $1/a.nettrace -p $2 --duration 20s",
        "who -p $2 --duration 5s", "snapshot -p $2 --window 1s", "live -p $2 --duration 3s",
    ];

    private static readonly string[] s_commandsOnFrozen =
    [
        "record -o $1/a.nettrace -p $2 --duration 2s", "record --exact --aggr 500ms -o $1/a.nettrace -p $2 --duration 3s", "who -p $2 --duration 2s",
        "snapshot -p $2 --window 1s", "record --check written-pages --allow-injection -o $1/a.nettrace -p $2 --duration 2s",
    ];

    [Fact]
    public void RestlessTarget_IsRecorded()
    {
        foreach ((string kind, int count) in Faults.Some(2, s_restless))
        {
            using HardTarget target = HardTarget.Start(kind, count);
            using var folder = new TemporaryFolder();
            string fault = $"target: {kind} {count}";

            CommandRun run = ToolProcess.Run("record", "-p", $"{target.Pid}", "--duration", "3s", "-o", folder.File("a.nettrace"), "-o", folder.File("a.txt"));

            Assert.True(run.ExitCode == ExitCode.Ok, $"{fault}: {run.Error}");
            Assert.False(target.HasExited);
            Ending.CheckRunning(target.Pid, fault);
            Assert.True(Ending.CheckReadable(folder.File("a.nettrace"), fault, whole: true) > 0, run.Error);
            Faults.Tell(fault, Ending.Check(run, fault));
        }
    }

    /// <summary>At any moment: while it is opened, tried, looked at for the first time, sampled.</summary>
    [Fact]
    public void TargetThatExits_EndsTheCommand()
    {
        foreach (string arguments in Faults.Some(2, s_commands))
        {
            List<string> ends = [];
            for (int i = 0; i < Faults.Rounds(s_commands.Length); i++)
            {
                int afterMs = Faults.Random.Next(50, 2200);
                using HardTarget target = HardTarget.Start("exit", afterMs);
                using var folder = new TemporaryFolder();
                string fault = $"{arguments}: target exits after {afterMs} ms";

                CommandRun run = Bash.Run($"$tool {arguments} >/dev/null", folder.Path, $"{target.Pid}");

                ends.Add(Ending.Check(run, fault));
                bool mayWrite = run.ExitCode == ExitCode.Ok && arguments.StartsWith("record", StringComparison.Ordinal);
                Ending.CheckLeft(folder.Path, fault, mayWrite ? "a.nettrace" : "");
                if (File.Exists(folder.File("a.nettrace")))
                {
                    Ending.CheckReadable(folder.File("a.nettrace"), fault, whole: true);
                }
            }

            Faults.Tell($"`{arguments}`: the target exits", ends);
        }
    }

    /// <summary>A number that stands for another process by now: never that one.</summary>
    [Fact]
    public void ReusedPid_IsNotFollowed()
    {
        Assert.SkipUnless(Environment.UserName == "root", "choosing the next pid needs root");
        using var folder = new TemporaryFolder();
        const string Line = """
            $2 exit 1500 > /dev/null & old=$!; sleep 0.2
            $tool record -p $old --duration 20s -o $1/a.nettrace & recorder=$!
            wait $old; echo $((old - 1)) > /proc/sys/kernel/ns_last_pid; $2 exit 20000 > /dev/null & new=$!
            wait $recorder; echo "exit code $? $([[ $new == $old ]] && echo reused)"; kill $new
            """;

        CommandRun run = Bash.Run(Line, folder.Path, HardTarget.Compile("target", folder));

        Assert.SkipUnless(run.Output.Contains("reused", StringComparison.Ordinal), "another process took the pid");
        Assert.Matches("exit code [01] ", run.Output);
        Assert.DoesNotContain("done after", run.Error, StringComparison.Ordinal);
        Faults.Tell("target: its pid is reused", "ends with the old process");
    }

    /// <summary>Traced by a debugger: what needs ptrace says so, everything else goes on.</summary>
    [Theory]
    [InlineData("record -o $1/a.nettrace -p $2 --duration 2s", ExitCode.Ok)]
    [InlineData("record --check written-pages --allow-injection -o $1/a.nettrace -p $2 --duration 2s", ExitCode.NoAccessCheck)]
    public void TracedTarget_IsRecordedOrRefused(string arguments, int exitCode)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        using HardTarget target = HardTarget.Start("sleep");
        using var folder = new TemporaryFolder();

        CommandRun run = Bash.Run(
            $"strace -o /dev/null -p $2 & tracer=$!; sleep 0.5; $tool {arguments}; code=$?; kill $tracer; wait $tracer; exit $code", folder.Path, $"{target.Pid}");

        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}: {run.Error}");
        Ending.CheckRunning(target.Pid, arguments);
        Faults.Tell($"`{arguments}`: the target is traced", Ending.Check(run, arguments));
    }

    /// <summary>Frozen by its control group: its memory is still there to be looked at.</summary>
    [Fact]
    public void FrozenTarget_IsRecordedOrRefused()
    {
        using var group = FrozenGroup.Create();
        foreach (string arguments in Faults.Some(1, s_commandsOnFrozen))
        {
            using HardTarget target = HardTarget.Start("sleep");
            using var folder = new TemporaryFolder();
            group.Freeze(target.Pid);

            CommandRun run = Bash.Run($"$tool {arguments} >/dev/null", folder.Path, $"{target.Pid}");

            group.Thaw();
            Ending.CheckRunning(target.Pid, arguments);
            Faults.Tell($"`{arguments}`: the target is frozen", Ending.Check(run, arguments));
        }
    }

    /// <summary>In namespaces of its own for everything: files, users, pids, names.</summary>
    [Theory]
    [InlineData("--mount --pid --fork --ipc --uts --net")]
    [InlineData("--user --map-root-user --mount --pid --fork")]
    public void TargetInOtherNamespaces_IsRecorded(string namespaces)
    {
        using var folder = new TemporaryFolder();
        string program = HardTarget.Compile("target", folder);
        const string Line = """
            unshare --kill-child NAMESPACES $2 sleep > $1/said & sleep 1; grep -q ready $1/said || { exit 99; }
            inner=$(pgrep -n -f "^$2 sleep"); $tool record -p $inner --duration 2s -o $1/a.nettrace; code=$?; kill -9 $inner; exit $code
            """;

        CommandRun run = Bash.Run(Line.Replace("NAMESPACES", namespaces, StringComparison.Ordinal), folder.Path, program);

        Assert.SkipWhen(run.ExitCode == 99, $"no such namespaces here: {run.Error}");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.True(Ending.CheckReadable(folder.File("a.nettrace"), namespaces, whole: true) > 0);
        Faults.Tell($"target: unshare {namespaces}", Ending.Check(run, namespaces));
    }
}
