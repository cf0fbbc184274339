using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class TargetProcessTests
{
    [Fact]
    public void The_own_process_is_described()
    {
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);

        TargetDescription description = target.ToDescription(7);

        Assert.Equal(7ul, description.TargetId);
        Assert.Equal(Environment.ProcessId, description.Pid);
        Assert.Equal(target.StartTimeTicks, description.StartTimeTicks);
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), description.Comm);
        Assert.StartsWith(File.ReadAllText("/proc/self/cmdline").Split('\0')[0], description.CommandLine, StringComparison.Ordinal);
        Assert.True(target.NrThreads > 1);
        Assert.InRange(target.Cpu, 0, Environment.ProcessorCount + 1024);
        Assert.Equal((uint)geteuid(), target.EffectiveUid);
        Assert.True(target.IsAlive);
        Assert.False(target.HasExited);
    }

    [Fact]
    public void Looking_at_threads_and_cpu_does_not_allocate()
    {
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
        _ = target.NrThreads + target.Cpu + (target.IsAlive ? 1 : 0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 1000; pass++)
        {
            _ = target.NrThreads + target.Cpu + (target.IsAlive ? 1 : 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_pid_that_nobody_has_is_refused(int pid)
    {
        var refusal = Assert.Throws<TargetUnavailableException>(() => TargetProcess.Open(pid));

        Assert.Equal($"there is no process {pid}", refusal.Message);
        Assert.NotEmpty(refusal.Hint!);
    }

    [Fact]
    public void A_kernel_thread_is_refused()
    {
        bool visible = File.Exists("/proc/2/comm") && File.ReadAllText("/proc/2/comm") == "kthreadd\n";
        Assert.SkipUnless(visible, "no kernel threads in this pid namespace");

        var refusal = Assert.Throws<TargetUnavailableException>(() => TargetProcess.Open(2));

        Assert.Contains("kernel thread", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_is_refused_with_its_process()
    {
        int thread = Directory.GetDirectories("/proc/self/task")
            .Select(path => int.Parse(Path.GetFileName(path), null)).First(tid => tid != Environment.ProcessId);

        var refusal = Assert.Throws<TargetUnavailableException>(() => TargetProcess.Open(thread));

        Assert.Equal($"{thread} is a thread of process {Environment.ProcessId}", refusal.Message);
    }

    [Fact]
    public void After_its_exit_a_target_says_so_and_keeps_its_names()
    {
        using ChildProcess child = ChildProcess.Start("sleep", "100");
        using TargetProcess target = TargetProcess.Open(child.Pid);
        child.Kill();

        Assert.True(target.HasExited);
        Assert.False(target.IsAlive);
        Assert.Equal(-1, target.Cpu);
        Assert.Equal(0, target.NrThreads);
        Assert.Equal(uint.MaxValue, target.EffectiveUid);
        Assert.NotEmpty(target.ToDescription(0).Comm);
    }

    [Fact]
    public void A_process_remembered_with_another_start_time_is_refused()
    {
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
        using TargetProcess again = TargetProcess.Open(target.Pid, target.StartTimeTicks);

        var refusal = Assert.Throws<TargetUnavailableException>(() => TargetProcess.Open(target.Pid, target.StartTimeTicks - 1));

        Assert.Contains("another process has its id now", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_in_comm_and_arguments_are_escaped()
    {
        // exec -a sets the zeroth argument; the file's name becomes the comm.
        string name = Path.Combine(Path.GetTempPath(), $"a)\n\e {Environment.ProcessId % 1000}");
        File.CreateSymbolicLink(name, "/bin/sleep");
        try
        {
            using ChildProcess child = ChildProcess.Start(name, "100");
            using TargetProcess target = TargetProcess.Open(child.Pid);
            SpinWait.SpinUntil(() => target.CommandLine.EndsWith(" 100", StringComparison.Ordinal), 2000);

            Assert.StartsWith("a)\\012\\033 ", target.Comm, StringComparison.Ordinal);
            Assert.EndsWith(" 100", target.CommandLine, StringComparison.Ordinal);
            Assert.DoesNotContain(target.CommandLine, char.IsControl);
        }
        finally
        {
            File.Delete(name);
        }
    }

    [Fact]
    public void Somebody_elses_process_is_refused_with_the_owners_name()
    {
        Assert.SkipUnless(geteuid() == 0, "needs root to become somebody else");
        using ChildProcess child = ChildProcess.Start("sleep", "100");

        // The effective user id of this thread only: the system call, not the libc function that changes all threads.
        TargetUnavailableException? refusal = null;
        var thread = new Thread(() =>
        {
            Assert.Equal(0, (int)syscall(SYS_setresuid, uint.MaxValue, 65534, uint.MaxValue));
            refusal = Record.Exception(() => TargetProcess.Open(child.Pid)) as TargetUnavailableException;
            Assert.Equal(0, (int)syscall(SYS_setresuid, uint.MaxValue, 0, uint.MaxValue));
        });
        thread.Start();
        thread.Join();

        Assert.NotNull(refusal);
        Assert.Contains("belongs to root (uid 0)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("(uid 65534)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("CAP_SYS_PTRACE", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Roots_process_is_refused_to_an_ordinary_user()
    {
        Assert.SkipWhen(geteuid() == 0, "runs as root");
        Assert.SkipUnless(File.ReadAllText("/proc/1/status").Contains("\nUid:\t0\t0\t", StringComparison.Ordinal), "process 1 is not root's here");

        var refusal = Assert.Throws<TargetUnavailableException>(() => TargetProcess.Open(1));

        Assert.Contains("belongs to root (uid 0)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zombie_is_refused()
    {
        // The shell starts a child that ends at once and then becomes a program that never waits for it.
        using ChildProcess parent = ChildProcess.Start("/bin/sh", "-c", "true & exec sleep 100");
        int zombie = 0;
        SpinWait.SpinUntil(() => (zombie = FindZombieOf(parent.Pid)) != 0, 2000);

        var refusal = Assert.Throws<TargetUnavailableException>(() => TargetProcess.Open(zombie));

        Assert.Contains("has exited", refusal.Message, StringComparison.Ordinal);
    }

    private static int FindZombieOf(int parent)
    {
        string children = File.ReadAllText($"/proc/{parent}/task/{parent}/children").Trim();
        return children.Length > 0 && File.ReadAllText($"/proc/{children}/stat").Contains(") Z ", StringComparison.Ordinal)
            ? int.Parse(children, null)
            : 0;
    }

    private static int SYS_setresuid => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 117 : 147;
}
