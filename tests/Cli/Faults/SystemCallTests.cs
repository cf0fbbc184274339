using System.Globalization;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>
/// Every system call that a recording makes is refused in turn, as a container's filter does it. Some the runtime cannot do without; with any
/// other the recording ends with one line and a hint, or is made another way, and what there is is readable.
/// </summary>
[Trait("Category", "Linux")]
public sealed class SystemCallTests
{
    private static readonly (string Name, int Number)[] s_errors = [("EPERM", 1), ("ENOSYS", 38)];

    /// <summary>Without these no program of .NET gets to its first line, or from one to the next.</summary>
    private static readonly HashSet<string> s_ofTheRuntime =
    [
        "execve", "mmap", "munmap", "mprotect", "read", "openat", "futex", "rt_sigaction", "rt_sigprocmask", "fstat", "newfstatat", "pread64", "arch_prctl",
        "close", "readlink", "fcntl", "pipe2", "prlimit64", "sigaltstack", "getdents64", "access", "exit_group",
    ];

    [Fact]
    public void EveryCall_RefusedInTurn()
    {
        using var exerciser = ExerciserRun.Start("--size", "32M", "--hot", "8M", "--warm", "0", "--throttle", "5ms");
        using var programs = new TemporaryFolder();
        string refuse = HardTarget.Compile("refuse", programs);
        List<string> ends = [];
        foreach (string name in Faults.Some(3, [.. CallsOfARecording(exerciser.Pid).Except(s_ofTheRuntime)]))
        {
            foreach ((string error, int errno) in Faults.Some(1, s_errors))
            {
                using var folder = new TemporaryFolder();
                string fault = $"{name} refused with {error}";
                CommandRun run = Bash.Run(
                    "exec $3 $4 $5 $tool record -p $2 --duration 1500ms -o $1/a.nettrace", folder.Path, $"{exerciser.Pid}", refuse,
                    NumberOf(name), errno.ToString(CultureInfo.InvariantCulture));

                string end = Ending.Check(run, fault);
                ends.Add(end);
                Faults.Tell(fault, end);

                // What cannot get its name, or be written to its end, is kept as far as it goes.
                Ending.CheckLeft(folder.Path, fault, run.ExitCode is ExitCode.Ok or ExitCode.OutputFailed ? ["a.nettrace", "a.nettrace.partial"] : []);
                Ending.CheckRunning(exerciser.Pid, fault);
                if (File.Exists(folder.File("a.nettrace")))
                {
                    Ending.CheckReadable(folder.File("a.nettrace"), fault, whole: run.ExitCode == ExitCode.Ok);
                }
            }
        }

        Faults.Tell("`record`: every system call refused by seccomp", ends);
    }

    /// <summary>As strace counts them.</summary>
    private static string[] CallsOfARecording(int pid)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        using var folder = new TemporaryFolder();
        CommandRun run = Bash.Run("strace -f -c -S name -o $2/calls $tool record -p $1 --duration 1500ms -o $2/a.nettrace && awk 'NR > 2 {print $NF}' $2/calls", $"{pid}", folder.Path);
        string[] calls = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static name => name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') && name != "total")];
        Assert.True(calls.Length > 40, $"only {calls.Length} calls were seen: {run.Error}");
        return calls;
    }

    /// <summary>The C library's header knows.</summary>
    private static string NumberOf(string name) =>
        Bash.Run("printf '#include <sys/syscall.h>\\nSYS_%s\\n' $1 | gcc -E - | tail -n 1", name).Output.Trim();
}
