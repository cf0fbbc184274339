using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Damon.Trace.Cli.Tests.Faults;

namespace Damon.Trace.Cli.Tests.Security;

/// <summary>What docs/threat-model.md promises of a target that lies and of folders where anybody can write.</summary>
[Trait("Category", "Linux")]
public sealed partial class ThreatTests
{
    private static readonly string[] s_printing =
    [
        "report $1/a.nettrace", "report regions $1/a.nettrace", "report summary --json $1/a.nettrace", "report footprint --csv $1/a.nettrace", "script $1/a.nettrace",
        "export $1/a.nettrace -o - --format damo-json", "report $1/a.nettrace -o $1/a.html && tr -d '\\n' < $1/a.html", "who -p $2 --duration 1s",
        "snapshot -p $2 --window 200ms",
    ];

    private static readonly string[] s_running =
    [
        "record -p $2 --duration 2s -o $1/a.nettrace", "record -p $2 --dotnet-names --who --duration 2s -o $1/a.parquet", "who -p $2 --duration 1s",
        "snapshot -p $2 --window 500ms", "report $1/in.txt --sample 5ms --aggr 100ms -o $1/a.html", "report heatmap $1/in.txt -o $1/a.svg", "doctor",
    ];

    /// <summary>A process that has a runtime's library loaded and nonsense where its tables are: names are given up, the recording goes on.</summary>
    [Fact]
    public void ForgedHeapTables_AreNotBelieved()
    {
        using HardTarget target = HardTarget.Start("forged", Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libcoreclr.so"));
        using var folder = new TemporaryFolder();

        CommandRun run = ToolProcess.Run("record", "-p", $"{target.Pid}", "--dotnet-names", "--duration", "4s", "-o", folder.File("a.nettrace"));

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.True(Ending.CheckReadable(folder.File("a.nettrace"), "forged heap tables", whole: true) > 0);
        Assert.DoesNotContain(RecordedSnapshots.Read(folder.File("a.nettrace")).MappingNames, static name => name.StartsWith("[dotnet gen", StringComparison.Ordinal));
        Faults.Faults.Tell("target: forged .NET heap tables", Ending.Check(run, "forged"));
    }

    /// <summary>A name of a process, of its arguments and of its memory may hold what a terminal obeys: nothing prints it.</summary>
    [Fact]
    public void NamesThatATerminalObeys_AreCleaned()
    {
        using HardTarget target = HardTarget.Start("names", "\u001b]0;own\a\r\u009b2J");
        using var folder = new TemporaryFolder();
        CommandRun record = Bash.Run("$tool record -p $2 --duration 2s -o $1/a.nettrace", folder.Path, $"{target.Pid}");

        Assert.True(record.ExitCode == ExitCode.Ok, record.Error);
        Assert.DoesNotMatch(Control(), record.Error);
        foreach (string arguments in s_printing)
        {
            CommandRun run = Bash.Run($"$tool {arguments}", folder.Path, $"{target.Pid}");

            Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.TargetGone, $"{arguments}: {run.Error}");
            Assert.DoesNotMatch(Control(), run.Output + run.Error);
        }
    }

    /// <summary>Whoever runs it as root runs what is named on its command line, and nothing else.</summary>
    [Fact]
    public void NoProgramOfThePath_IsRun()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        string own = Path.GetDirectoryName(Repository.Program("damon-trace"))!;
        foreach (string arguments in Faults.Faults.Some(3, s_running))
        {
            using var folder = new TemporaryFolder();
            Formats.SyntheticText.Write(folder.File("in.txt"));

            CommandRun run = Bash.Run($"strace -f -qq -e trace=execve,execveat -o $1/log $tool {arguments}", folder.Path, $"{exerciser.Pid}");

            Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.TargetGone, $"{arguments}: {run.Error}");
            string[] calls = [.. File.ReadLines(folder.File("log")).Where(static line => line.Contains("execve", StringComparison.Ordinal))];
            Assert.NotEmpty(calls);
            Assert.All(calls, call => Assert.Contains($"(\"{own}/", call, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f]")]
    private static partial Regex Control();
}
