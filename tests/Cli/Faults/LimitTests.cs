namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>
/// Limits that leave too little: what the runtime itself needs to begin is its own matter, from there on there is one line. What begins ends,
/// and is readable.
/// </summary>
[Trait("Category", "Linux")]
public sealed class LimitTests
{
    /// <summary>Soft and hard, at least and at most; closer together below, where it matters.</summary>
    private static readonly (string Limit, int From, int To)[] s_limits = [("-n", 8, 220), ("-v", 50_000, 60_000_000), ("-l", 0, 64), ("-s", 64, 8192)];

    [Fact]
    public void Record_WithinALimit()
    {
        using var exerciser = ExerciserRun.Start("--size", "32M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        foreach ((string limit, int from, int to) in Faults.Some(2, s_limits))
        {
            List<string> ends = [];
            foreach (int step in Faults.Some(2, [.. Enumerable.Range(0, 21)]))
            {
                using var folder = new TemporaryFolder();
                string fault = $"ulimit {limit} {from + (int)((to - from) * Math.Pow(step / 20.0, 2))}";

                CommandRun run = Bash.Run($"{fault} && exec $tool record -p $2 --duration 1500ms -o $1/a.nettrace", folder.Path, $"{exerciser.Pid}");

                ends.Add(Ending.Check(run, fault));
                Ending.CheckLeft(folder.Path, fault, run.ExitCode == ExitCode.Ok ? "a.nettrace" : "");
                Ending.CheckRunning(exerciser.Pid, fault);
            }

            Faults.Tell($"`record`: ulimit {limit} {from} to {to}", ends);
        }
    }

    /// <summary>Said before anything is begun: the runtime would miss one library or another in the middle of something.</summary>
    [Fact]
    public void TooFewOpenFiles_AreSaid()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = Bash.Run("ulimit -n 100; $tool record -p $$ -o $1/a.nettrace", folder.Path);

        run.AssertMistake(ExitCode.NoAccessCheck, "this process may have 100 files open, and needs ");
        Ending.CheckLeft(folder.Path, "ulimit -n 100");
    }

    [Fact]
    public void Record_WithoutFurtherThreads()
    {
        OrdinaryUser.Require();
        List<string> ends = [];
        foreach (int threads in Faults.Some(3, [.. Enumerable.Range(1, 40)]))
        {
            string fault = $"ulimit -u {threads}";
            using ToolProcess tool = ToolProcess.Start(
                "setpriv", "--reuid=65532", "--regid=65532", "--clear-groups", "--", "bash", "-c",
                $"cd /tmp; {fault}; exec '{Repository.Program("damon-trace")}' record -o - --duration 2s -- sleep 5 > /dev/null");
            ends.Add(Ending.Check(tool.Wait(), fault));
        }

        Faults.Tell("`record`: ulimit -u 1 to 40", ends);
    }
}
