using System.Globalization;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>
/// Every call that writes an output fails once, in turn, with every format: one line and exit code 4, and under the final name is what can be read or
/// nothing.
/// </summary>
[Trait("Category", "Linux")]
public sealed class WriteErrorTests
{
    private const string Writes = "write,pwrite64,writev,pwritev";
    private const string Calls = Writes + ",ftruncate,flock,rename,renameat,renameat2,fchmod,fsync";

    /// <summary>A writer that gets through this many calls makes more of the same.</summary>
    private const int MostCalls = 40;

    private static readonly string[] s_exports =
    [
        "export -i $1/in.txt -o $1/out.txt", "export -i $1/in.txt -o $1/out.parquet", "export -i $1/in.txt -o $1/out.perf.data", "export -i $1/in.txt -o $1/out.damo.json",
        "export -i $1/in.txt -o $1/out.damo --format damo-record", "export -i $1/in.txt -o $1/out.damo --format damo-json-compressed",
        "report -i $1/in.txt --sample 5ms --aggr 100ms -o $1/out.html", "report heatmap -i $1/in.txt -o $1/out.svg", "report wss -i $1/in.txt -o $1/out.csv",
    ];

    private static readonly string[] s_recordings = ["a.nettrace", "a.txt", "a.parquet", "a.perf.data", "a.damo.json"];

    /// <summary>Of an export all of it: without its last bytes it is no file of its format.</summary>
    [Fact]
    public void EveryCall_OfAnExport()
    {
        using var folder = new TemporaryFolder();
        Formats.SyntheticText.Write(folder.File("in.txt"), 3000);
        foreach (string arguments in Faults.Some(2, s_exports))
        {
            List<string> ends = [];
            foreach (string error in Faults.Some(1, ["EIO", "ENOSPC", "EDQUOT"]))
            {
                foreach (int number in Numbers())
                {
                    string fault = $"{arguments}: {error} at call {number}";
                    CommandRun run = Inject(arguments, error, number, folder);

                    if (run.ExitCode == ExitCode.Ok)
                    {
                        // Nothing is left to fail, or what failed does not matter, as a lock of a new file.
                        Array.ForEach(Directory.GetFiles(folder.Path, "out*"), File.Delete);
                        continue;
                    }

                    // Parquet is closed as it is, and said to be: whole row groups are of use.
                    run.AssertMistake(ExitCode.OutputFailed, "");
                    bool isKept = run.Error.Contains("the file is readable", StringComparison.Ordinal);
                    Ending.CheckLeft(folder.Path, fault, isKept ? ["in.txt", "out.parquet"] : ["in.txt"]);
                    if (isKept)
                    {
                        Assert.True(Ending.CheckReadable(folder.File("out.parquet"), fault, whole: false) > 0, fault);
                        File.Delete(folder.File("out.parquet"));
                    }

                    ends.Add(Ending.Check(run, fault) + (isKept ? ", readable" : ""));
                }
            }

            Faults.Tell($"`{arguments}`: EIO, ENOSPC, EDQUOT at every call", ends);
        }
    }

    /// <summary>Of a recording what there was: it cannot be made again.</summary>
    [Fact]
    public void EveryWrite_OfARecording()
    {
        using var exerciser = ExerciserRun.Start("--size", "32M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        foreach (string file in Faults.Some(1, s_recordings))
        {
            List<string> ends = [];
            foreach (int number in Numbers())
            {
                using var folder = new TemporaryFolder();
                string arguments = string.Create(CultureInfo.InvariantCulture, $"record -p {exerciser.Pid} --sample 5ms --aggr 50ms --duration 3s -o $1/{file}");
                string fault = $"{arguments}: EIO at write {number}";
                CommandRun run = Inject(arguments, "EIO", number, folder, Writes);

                if (run.ExitCode != ExitCode.Ok)
                {
                    Assert.True(run.ExitCode == ExitCode.OutputFailed, $"{fault}: {run.ExitCode}: {run.Error}");
                    Ending.CheckLeft(folder.Path, fault, file, file + ".partial");
                    int snapshots = new FileInfo(folder.File(file)) is { Exists: true, Length: > 0 } ? Ending.CheckReadable(folder.File(file), fault, whole: false) : 0;
                    ends.Add(Ending.Check(run, fault) + (snapshots > 0 ? ", readable" : ""));
                }
            }

            Faults.Tell($"`record -o {file}`: EIO at every write", ends);
        }
    }

    /// <summary>The signal that comes with the limit is no end: the error is.</summary>
    [Theory]
    [InlineData("a.nettrace")]
    [InlineData("a.parquet")]
    public void LimitOfAFilesSize_IsAnError(string file)
    {
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        using var folder = new TemporaryFolder();

        // Once it has begun: the runtime makes large memory files, for which the limit is, too.
        CommandRun run = Bash.Run(
            "$tool record -p $2 --sample 5ms --aggr 50ms --min-regions 500 --duration 10s -o $1/$3 & sleep 2; prlimit --pid $! --fsize=20000; wait $!",
            folder.Path, $"{exerciser.Pid}", file);

        Assert.True(run.ExitCode == ExitCode.OutputFailed, $"{run.ExitCode}: {run.Error}");
        Assert.Contains("File too large", run.Error, StringComparison.Ordinal);
        Faults.Tell($"`record -o {file}`: RLIMIT_FSIZE", Ending.Check(run, "prlimit --fsize"));
    }

    private static IEnumerable<int> Numbers() => Faults.Some(2, [.. Enumerable.Range(1, Math.Min(MostCalls, Math.Max(4, Faults.Rounds())))]);

    /// <summary>Only calls on the output are looked at, so that nothing of the runtime fails.</summary>
    private static CommandRun Inject(string arguments, string error, int number, TemporaryFolder folder, string calls = Calls)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        string[] words = arguments.Split(' ');
        string output = words[Array.IndexOf(words, "-o") + 1];
        return Bash.Run(
            $"strace -f -qqq -o /dev/null -P {output} -P {output}.partial -e trace={calls} -e inject={calls}:error={error}:when={number} $tool {arguments}", folder.Path);
    }
}
