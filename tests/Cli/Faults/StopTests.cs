namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>SIGSTOP and SIGCONT, also of the target: what was not seen is not told, and what was missed is counted.</summary>
[Trait("Category", "Linux")]
public sealed class StopTests
{
    [Fact]
    public void StoppedRecorder_GoesOnAndCountsWhatItMissed()
    {
        using var exerciser = ExerciserRun.Start("--size", "32M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        using ToolProcess tool = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "-o", path]);
        while (!File.Exists(path + ".partial"))
        {
            Thread.Sleep(50);
        }

        int rounds = Math.Max(4, Faults.Rounds());
        for (int i = 0; i < rounds; i++)
        {
            Thread.Sleep(Faults.Random.Next(300));
            tool.Send("STOP");
            Thread.Sleep(50 + Faults.Random.Next(250));
            tool.Send("CONT");
        }

        Thread.Sleep(1000);
        tool.Send("TERM");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains(" 0 lost", run.Error, StringComparison.Ordinal);
        Ending.CheckReadable(path, "SIGSTOP and SIGCONT", whole: true);
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        Assert.True(recorded.Counters.NrMissed > 0, "nothing was missed, though the recorder stood still");
        Assert.True(recorded.Snapshots.All(static snapshot => snapshot.Regions.All(region => region.NrAccesses <= snapshot.NrSamples)));
        Faults.Tell("`record`: SIGSTOP and SIGCONT", [.. Enumerable.Repeat("goes on, 0 lost, missed checks counted", rounds)]);
    }

    /// <summary>A reader that stands still for a while prints the same.</summary>
    [Fact]
    public void StoppedReader_PrintsTheSame()
    {
        using var folder = new TemporaryFolder();
        Formats.SyntheticText.Write(folder.File("in.txt"), 20_000);
        string expected = Bash.Run("$tool script -i $1/in.txt | sha256sum", folder.Path).Output;
        for (int i = 0; i < Faults.Rounds(); i++)
        {
            CommandRun run = Bash.Run(
                "$tool script -i $1/in.txt > $1/out.txt & sleep 0.$2; kill -STOP $! 2>/dev/null; sleep 0.2; kill -CONT $! 2>/dev/null; wait $! && sha256sum < $1/out.txt",
                folder.Path, $"{Faults.Random.Next(1, 9)}");
            Assert.Equal(expected, run.Output);
        }

        Faults.Tell("`script`: SIGSTOP and SIGCONT", [.. Enumerable.Repeat("the same bytes", Faults.Rounds())]);
    }

    /// <summary>A target that stands still has no accesses, and is not taken for one that has ended.</summary>
    [Fact]
    public void StoppedTarget_IsRecordedAsIdle()
    {
        using var exerciser = ExerciserRun.Start("--size", "32M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        exerciser.Send("STOP");
        CommandRun run = ToolProcess.Run("record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--duration", "2s", "-o", path);
        exerciser.Send("CONT");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        RecordedSnapshot last = RecordedSnapshots.Read(path).Snapshots[^1];
        Assert.True(last.Regions.All(static region => region.NrAccesses == 0), "memory of a stopped process is accessed");
        Faults.Tell("target: SIGSTOP while it is recorded", "recorded, no accesses");
    }
}
