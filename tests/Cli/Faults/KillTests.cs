using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>kill -9 at any moment: what was recorded is readable, the target goes on, and nothing stays but the file.</summary>
[Trait("Category", "Linux")]
public sealed class KillTests
{
    private const int Killed = 137;

    private static readonly (string Arguments, int WithinMs)[] s_recorders =
    [
        ("record -o $1/a.nettrace -o $1/a.txt -p $2", 2500), ("record --sample 1ms --aggr 20ms --rotate 1s -o $1/a.nettrace -p $2", 4000),
        ("record --who -o $1/a.nettrace -p $2", 3500), ("record --check referenced-mappings -o $1/a.nettrace -p $2", 2500), ("who -p $2", 3000),
        ("snapshot -p $2 --window 10s -o $1/a.workingset", 2500), ("live -p $2", 2000), ("run --schemes $3 -p $2 --yes", 2500),
    ];

    private static readonly string[] s_readers =
    [
        "script -i $1/in.txt", "export -i $1/in.txt -o $1/out.parquet", "report -i $1/in.txt --sample 5ms --aggr 100ms -o $1/out.html",
    ];

    [Fact]
    public void Recorder_LeavesAReadableFileAndARunningTarget()
    {
        using var exerciser = ExerciserRun.Start("--size", "32M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        foreach ((string arguments, int withinMs) in Faults.Some(2, s_recorders))
        {
            List<string> ends = [];
            for (int i = 0; i < Faults.Rounds(s_recorders.Length); i++)
            {
                ends.Add(KillRecorder(arguments, Faults.Random.Next(withinMs), exerciser.Pid));
            }

            Faults.Tell($"`{arguments}`: kill -9", ends);
        }
    }

    [Fact]
    public void Reader_LeavesNothingUnderTheFinalName()
    {
        foreach (string arguments in Faults.Some(1, s_readers))
        {
            using var folder = new TemporaryFolder();
            Formats.SyntheticText.Write(folder.File("in.txt"), 60_000);
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(ExitCode.Ok, Bash.Run($"$tool {arguments} >/dev/null", folder.Path).ExitCode);
            TimeSpan whole = Stopwatch.GetElapsedTime(start);
            Array.ForEach(Directory.GetFiles(folder.Path, "out.*"), File.Delete);
            List<string> ends = [];
            for (int i = 0; i < Faults.Rounds(s_readers.Length); i++)
            {
                ends.Add(KillReader(arguments, whole * Faults.Random.NextDouble(), folder));
            }

            // The next run takes the place of what was left.
            Assert.Equal(ExitCode.Ok, Bash.Run($"$tool {arguments} >/dev/null", folder.Path).ExitCode);
            Assert.Empty(Directory.GetFiles(folder.Path, "*.partial"));
            Faults.Tell($"`{arguments}`: kill -9", ends);
        }
    }

    private static string KillRecorder(string arguments, int afterMs, int target)
    {
        using var folder = new TemporaryFolder();
        using var temporary = new TemporaryFolder();
        string fault = $"{arguments}, kill -9 after {afterMs} ms";
        using ToolProcess tool = Bash.Start(
            $"export TMPDIR=$4; exec $tool {arguments} >/dev/null", folder.Path, $"{target}", Path.Combine(Repository.Root, "examples", "schemes", "prcl"), temporary.Path);

        // From its start, or from its first bytes on.
        for (int i = 0; i < 400 && afterMs % 3 > 0 && arguments.Contains(".nettrace", StringComparison.Ordinal) && !HasBytes(folder.Path); i++)
        {
            Thread.Sleep(50);
        }

        Thread.Sleep(afterMs);
        tool.Send("KILL");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == Killed, $"{fault}: exit code {run.ExitCode}: {run.Error}");
        Ending.CheckRunning(target, fault);
        Ending.CheckLeft(temporary.Path, fault, [.. Directory.GetFiles(temporary.Path).Select(static path => Path.GetFileName(path)!).Where(IsOfTheRuntime)]);
        int snapshots = Directory.GetFiles(folder.Path, "*.nettrace*").Sum(path =>
            new FileInfo(path).Length == 0 ? 0 : Ending.CheckReadable(path, fault, whole: !path.EndsWith(".partial", StringComparison.Ordinal)));
        return snapshots > 0 ? "readable" : "before the first snapshot, or nothing is written";
    }

    private static bool IsWhole(string path) => path.EndsWith(".html", StringComparison.Ordinal)
        ? File.ReadAllText(path).TrimEnd().EndsWith("</html>", StringComparison.Ordinal)
        : RecordedSnapshots.Read(path).End is { Truncation: null, Snapshots: > 0 };

    private static bool HasBytes(string folder) => new DirectoryInfo(folder).GetFiles("*.nettrace*").Any(static file => file.Length > 0);

    private static string KillReader(string arguments, TimeSpan after, TemporaryFolder folder)
    {
        using ToolProcess tool = Bash.Start($"exec $tool {arguments} >/dev/null", folder.Path);
        Thread.Sleep(after);
        tool.Send("KILL");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode is Killed or ExitCode.Ok, run.Error);
        string[] written = Directory.GetFiles(folder.Path, "out.*");

        // The kill may come between the last thing done and the end.
        Assert.All(written, path => Assert.True((run.ExitCode == Killed && path.EndsWith(".partial", StringComparison.Ordinal)) || IsWhole(path), path));
        Array.ForEach(run.ExitCode == ExitCode.Ok ? written : [], File.Delete);
        return run.ExitCode == Killed ? "no file under its name" : "done before";
    }

    /// <summary>Its sockets and pipes, which it removes itself where it is let; no other process gets the same names.</summary>
    private static bool IsOfTheRuntime(string name) =>
        name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) || name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal);
}
