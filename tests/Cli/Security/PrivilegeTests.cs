using System.Globalization;

namespace Damon.Trace.Cli.Tests.Security;

/// <summary>
/// The least privileges of each access check, with real sets of capabilities and without root: with all of them it records, without any one of
/// them it says what is missing. docs/threat-model.md has the table.
/// </summary>
[Trait("Category", "Linux")]
public sealed class PrivilegeTests
{
    private const int Own = 65534;
    private const int Others = 65533;
    private const int CAP_SYS_MODULE = 16;
    private const int CAP_SYS_ADMIN = 21;

    /// <summary>
    /// Of processes of one's own user and of another one's. What it does without, more coarsely, is behind the bar; the label of the recording says how.
    /// </summary>
    private static readonly (string Check, int TargetUser, string Capabilities, string Label)[] s_needs =
    [
        ("referenced-mappings", Own, "", "granularity=mapping"), ("referenced-mappings", Others, "sys_ptrace dac_override", "granularity=mapping"),
        ("access-bits", Own, "bpf perfmon", "clearer=clear_refs"), ("access-bits", Own, "bpf perfmon | sys_nice", "clearer=cold"),
        ("access-bits", Others, "bpf perfmon dac_read_search | sys_nice sys_ptrace", "sweep=none"),
        ("access-bits", Others, "bpf perfmon dac_override | sys_nice sys_ptrace", "sweep=clear_refs"),
    ];

    [Fact]
    public void AccessCheck_NeedsThese()
    {
        OrdinaryUser.Require();
        foreach ((string check, int targetUser, string capabilities, string label) in Faults.Faults.Some(2, s_needs))
        {
            string[] all = capabilities.Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries);
            string[] needed = capabilities.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);

            CommandRun run = Record(check, targetUser, all);

            Assert.True(run.ExitCode == ExitCode.Ok, $"{check} with {capabilities}: {run.Error}");
            Assert.True(run.Output.Contains(label, StringComparison.Ordinal), $"{check} with {capabilities}: {run.Output}");
            foreach (string without in needed)
            {
                CommandRun refused = Record(check, targetUser, [.. all.Except([without])]);
                Assert.True(refused.ExitCode is ExitCode.NoAccessCheck or ExitCode.TargetGone, $"{check} without {without}: {refused.ExitCode}: {refused.Error}");
                Assert.Contains("\nhint: ", refused.Error, StringComparison.Ordinal);
            }

            Faults.Faults.Tell($"{check} of {(targetUser == Own ? "own processes" : "others' processes")} with {capabilities}", "records; refused with one less");
        }
    }

    /// <summary>No thread of ours has what its command has no need of.</summary>
    [Fact]
    public void RootsOtherRights_AreGivenUp()
    {
        RequireRoot();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        using var folder = new TemporaryFolder();
        using ToolProcess recorder = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "-o", folder.File("a.nettrace")]);
        ulong sampling = EffectiveOf(recorder.Pid, "kdamond.0");
        ulong reading = EffectiveOf(recorder.Pid, "recording");
        recorder.Send("TERM");

        Assert.DoesNotContain("   at ", recorder.Wait().Error, StringComparison.Ordinal);
        Assert.False(Has(sampling, CAP_SYS_MODULE) || Has(reading, CAP_SYS_MODULE), "a recorder may load modules of the kernel");

        using ToolProcess reader = Bash.Start("mkfifo $1/in; exec $tool script -i $1/in", folder.Path);
        Assert.False(Has(EffectiveOf(reader.Pid, "command"), CAP_SYS_ADMIN), "a command that reads a file may administer the system");
    }

    /// <summary>A command that is recorded has all that root has.</summary>
    [Fact]
    public void RecordedCommand_HasAllRights()
    {
        RequireRoot();
        using var folder = new TemporaryFolder();

        CommandRun run = Bash.Run("$tool record -o $1/a.nettrace -- sh -c \"cat /proc/self/status > $1/status; sleep 2\"", folder.Path);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal(Effective("/proc/self/status"), Effective(folder.File("status")));
    }

    private static void RequireRoot()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root has rights to give up");
        Assert.SkipUnless(Has(Effective("/proc/self/status"), CAP_SYS_MODULE), "this root has no such rights");
    }

    /// <summary>Records a process of a user as nobody, with capabilities; the output has the labels.</summary>
    private static CommandRun Record(string check, int targetUser, string[] capabilities)
    {
        string plus = string.Concat(capabilities.Select(static capability => $",+{capability}"));
        const string Line = """
            setpriv --reuid=$2 --regid=$2 --clear-groups --bounding-set=-all $3 --size 16M --hot 4M --warm 0 --duration 0 > $1/said & pid=$!
            until grep -q ready $1/said; do sleep 0.1; done
            setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all$5 --inh-caps=-all$5 --ambient-caps=-all$5 $tool record --check $4 -p $pid --duration 1500ms -o $1/a.nettrace
            code=$?; kill $pid; [[ ! -e $1/a.nettrace ]] || $tool report summary --json $1/a.nettrace; exit $code
            """;
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        return Bash.Run(Line, folder.Path, $"{targetUser}", Repository.Program("exerciser"), check, plus);
    }

    /// <summary>Waits for a thread of a name.</summary>
    private static ulong EffectiveOf(int pid, string thread)
    {
        for (int i = 0; i < 400; i++)
        {
            foreach (string task in Directory.GetDirectories($"/proc/{pid}/task"))
            {
                if (File.ReadAllText(Path.Combine(task, "comm")).Trim() == thread)
                {
                    return Effective(Path.Combine(task, "status"));
                }
            }

            Thread.Sleep(50);
        }

        Assert.Fail($"there is no thread {thread}");
        return 0;
    }

    private static bool Has(ulong set, int capability) => ((set >> capability) & 1) != 0;

    private static ulong Effective(string status) => ulong.Parse(
        File.ReadLines(status).First(static line => line.StartsWith("CapEff:", StringComparison.Ordinal)).Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
