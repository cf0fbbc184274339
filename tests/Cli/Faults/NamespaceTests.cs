namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>Machines that hide what a recording looks at, and clocks that differ.</summary>
[Trait("Category", "Linux")]
public sealed class NamespaceTests
{
    private const string Nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all";

    /// <summary>/proc without the processes of others, or with nothing but processes, or read-only; none at all; no /sys, no /dev.</summary>
    private static readonly (string Mounts, string User, int ExitCode)[] s_hidden =
    [
        ("mount -t proc -o hidepid=invisible proc /proc", Nobody, ExitCode.TargetGone), ("mount -t proc -o hidepid=noaccess proc /proc", Nobody, ExitCode.TargetGone),
        ("mount -t proc -o hidepid=ptraceable proc /proc", Nobody, ExitCode.TargetGone), ("mount -t proc -o subset=pid proc /proc", "", ExitCode.Ok),
        ("mount --bind /proc /proc && mount -o remount,bind,ro /proc", "", ExitCode.Ok), ("mount -t tmpfs none /sys", "", ExitCode.Ok),
        ("mount -t tmpfs none /dev", "", ExitCode.Ok), ("mount -t tmpfs none /proc", "", -1),
    ];

    [Fact]
    public void HiddenFiles_AreSaidOrNotNeeded()
    {
        OrdinaryUser.Require();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        foreach ((string mounts, string user, int exitCode) in Faults.Some(2, s_hidden))
        {
            using var folder = new TemporaryFolder();
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);

            CommandRun run = Bash.Run(
                $"unshare --mount bash -c '{mounts} || exit 99; cd $1; exec {user} $0 record -p $2 --duration 1500ms -o $1/a.nettrace' $tool $1 $2",
                folder.Path, $"{exerciser.Pid}");

            if (run.ExitCode != 99)
            {
                string end = Ending.Check(run, mounts);
                Assert.True(exitCode < 0 || run.ExitCode == exitCode, $"{mounts}: {run.ExitCode}: {run.Error}");
                Ending.CheckLeft(folder.Path, mounts, run.ExitCode == ExitCode.Ok ? "a.nettrace" : "");
                Faults.Tell($"{mounts}{(user.Length > 0 ? ", as nobody" : "")}", end);
            }
        }
    }

    /// <summary>A clock that began at another time: only differences count, and the wall clock is the machine's.</summary>
    [Fact]
    public void OtherMonotonicClock_IsNoMatter()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        using var folder = new TemporaryFolder();

        CommandRun run = Bash.Run(
            "exec unshare --time --fork --monotonic 1000000000 --boottime 1000000000 $tool record -p $2 --duration 1500ms -o $1/a.nettrace", folder.Path, $"{exerciser.Pid}");

        Assert.SkipWhen(run.Error.Contains("unshare:", StringComparison.Ordinal), $"no time namespaces here: {run.Error}");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.True(Ending.CheckReadable(folder.File("a.nettrace"), "time namespace", whole: true) > 0);
        Faults.Tell("a monotonic clock that is 31 years ahead", Ending.Check(run, "time namespace"));
    }
}
