using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.WrittenPages;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.AccessBits;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.WrittenPages;

[Collection(OwnMemoryBits.Name)]
public sealed class WrittenPagesCheckTests(ITestOutputHelper log)
{
    private const string Small = "--size 2M --hot 1M --warm 0 --throttle 1ms --duration 60s --access write";

    [Fact]
    public void SelfTest_PassesWhereTheProbeDoes()
    {
        RequireUserfaultfd();

        Assert.Equal(Capability.Yes, new WrittenPagesKind().SelfTest());
    }

    [Fact]
    public void MemoryMappedLater_IsWatchedFromItsFirstSampleOn()
    {
        RequireUserfaultfd();
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = WrittenPagesCheck.Create(self, allowInjection: false);
        using TestMapping memory = TestMapping.SmallPages(64);
        memory.WriteAll();

        AccessState[] states = Sample(check, memory.Addresses(), () => memory.Write(5));

        Assert.Equal([5], Enumerable.Range(0, 64).Where(page => states[page] == AccessState.Accessed));
        Assert.Equal(63, states.Count(static state => state == AccessState.NotAccessed));
    }

    [Fact]
    public void PagesThatAppear_AreUnpreparedInTheirFirstWindow()
    {
        RequireUserfaultfd();
        using TestMapping memory = TestMapping.SmallPages(3);
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = WrittenPagesCheck.Create(self, allowInjection: false);

        AccessState[] first = Sample(check, memory.Addresses(), () =>
        {
            _ = memory.Read(0);
            memory.Write(1);
        });
        AccessState[] second = Sample(check, memory.Addresses(), () => memory.Write(1));

        Assert.Equal([AccessState.Unprepared, AccessState.Unprepared, AccessState.NotPresent], first);
        Assert.Equal([AccessState.NotAccessed, AccessState.Accessed, AccessState.NotPresent], second);
    }

    [Fact]
    public void AProcessThatOffersNothing_IsRefusedUnlessInjectionIsAllowed()
    {
        RequireUserfaultfd();
        using ExerciserProcess exerciser = ExerciserProcess.Start(Small);
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);
        var kind = new WrittenPagesKind();

        Capability capability = kind.ProbeTarget(target, new AccessCheckSettings(5_000, Realtime: false));

        Assert.False(capability.Available);
        Assert.Contains("--allow-injection", capability.Hint, StringComparison.Ordinal);
        Assert.Throws<TargetUnavailableException>(() => WrittenPagesCheck.Create(target, allowInjection: false));
    }

    [Fact]
    public void AnOfferedUserfaultfd_IsTakenAgainByTheNextRecordingAndLeavesNothingBehind()
    {
        RequireUserfaultfd();
        using ExerciserProcess exerciser = ExerciserProcess.Start($"{Small} --offer-userfaultfd yes");
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);
        ulong[] addresses = [exerciser["hot"].Start, exerciser["cold"].Start];
        for (int recording = 0; recording < 3; recording++)
        {
            using var check = WrittenPagesCheck.Create(target, allowInjection: false);
            Assert.Equal([AccessState.Accessed, AccessState.NotAccessed], UntilAccessed(check, addresses));
            Assert.EndsWith("userfaultfd=offered", check.Labels, StringComparison.Ordinal);
        }

        // VmFlags "uw": registered for write-protection.
        Assert.DoesNotContain(" uw", File.ReadAllText($"/proc/{exerciser.Pid}/smaps"), StringComparison.Ordinal);
        Assert.Equal(0, exerciser.Finish().ExitCode);
    }

    [Theory]
    [InlineData(Small)]
    [InlineData("--size 2M --hot 1M --warm 0 --duration 60s --access write --threads 2")]
    [InlineData("--size 2M --hot 0 --warm 0 --duration 60s")]
    public void Injection_LeavesTheTargetAsItWas(string workload)
    {
        RequireUserfaultfd();
        using ExerciserProcess exerciser = ExerciserProcess.StartAsGrandchild(workload);
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);
        Capability capability = InjectedUserfaultfd.Probe(target);
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        var stopped = new List<double>();

        // Caught while it computes, while it sleeps in a system call that must be restarted, and in between.
        for (int time = 0; time < 20; time++)
        {
            using var check = WrittenPagesCheck.Create(target, allowInjection: true);
            stopped.Add(check.Stopped.TotalMicroseconds);
        }

        log.WriteLine($"stopped for {stopped.Min():F0} us at least, {stopped.Order().ElementAt(10):F0} in the median, {stopped.Max():F0} at most");
        Assert.Equal(-1, OfferedUserfaultfd.Find(exerciser.Pid));

        // The exerciser blocks no signal, but for the moment in which it starts a thread.
        Assert.True(SpinWait.SpinUntil(() => SignalMask(exerciser.Pid) == 0, 5000), $"signals are blocked: {SignalMask(exerciser.Pid):x}");
        Assert.DoesNotContain(" uw", File.ReadAllText($"/proc/{exerciser.Pid}/smaps"), StringComparison.Ordinal);

        // It works on and hears signals: its own account of what it did is the last word.
        Assert.Equal(0, exerciser.Finish().ExitCode);
    }

    [Fact]
    public void Injection_IntoAChildOfThisProcessIsRefused()
    {
        RequireUserfaultfd();
        using ExerciserProcess exerciser = ExerciserProcess.Start(Small);
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);

        Assert.Contains("is a child of this program", InjectedUserfaultfd.Probe(target).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Injection_IntoAProgramAsleepInASystemCallLetsItSleepOn()
    {
        RequireUserfaultfd();
        const int ClockNanosleep = 230;
        long begin = Stopwatch.GetTimestamp();
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", "-c \"sleep 1.5 & echo $!; wait $!\"") { RedirectStandardOutput = true })!;
        int sleeper = int.Parse(shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        using TargetProcess target = TargetProcess.Open(sleeper);
        Capability capability = InjectedUserfaultfd.Probe(target);
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        Assert.True(SpinWait.SpinUntil(
            () => File.ReadAllText($"/proc/{sleeper}/syscall").StartsWith($"{ClockNanosleep} ", StringComparison.Ordinal), 2000));
        for (int time = 0; time < 5; time++)
        {
            using var check = WrittenPagesCheck.Create(target, allowInjection: true);
        }

        shell.WaitForExit();

        // nanosleep comes back by restart_syscall, with what was left of its time; the shell's exit code is that of sleep.
        Assert.Equal(0, shell.ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(begin) >= TimeSpan.FromSeconds(1.5));
    }

    [Theory]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:0:1fe7f\n", true)]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:8000a000:1fe7f\n", true)]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:80000000:1fe7f\n", true)]
    [InlineData("pending:\t0\ntotal:\t0\nAPI:\taa:80000040:1fe7f\n", false)]
    [InlineData("pos:\t0\n", false)]
    [InlineData("", false)]
    public void AUserfaultfd_IsOfferedWhileItHasNoFeaturesButOurs(string fdinfo, bool expected)
    {
        Assert.Equal(expected, OfferedUserfaultfd.IsUnused(fdinfo));
    }

    [Theory]
    [InlineData(0x999UL, false)]
    [InlineData(0x1000UL, true)]
    [InlineData(0x101fUL, true)]
    [InlineData(0x1020UL, false)]
    public void ARestartableSequence_HasABeginAndALength(ulong instruction, bool expected)
    {
        // u32 version, u32 flags, u64 start, u64 length, u64 abort.
        byte[] descriptor = [.. BitConverter.GetBytes(0UL), .. BitConverter.GetBytes(0x1000UL), .. BitConverter.GetBytes(0x20UL)];

        Assert.Equal(expected, RestartableSequence.IsInside(descriptor, instruction));
    }

    private static void RequireUserfaultfd()
    {
        Capability capability = new WrittenPagesKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
    }

    /// <summary>Of the main thread, the one that is stopped; the runtime's others come and go.</summary>
    private static ulong SignalMask(int pid) => ulong.Parse(
        File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith("SigBlk:", StringComparison.Ordinal)).Split('\t')[1],
        NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static AccessState[] UntilAccessed(WrittenPagesCheck check, ulong[] addresses)
    {
        AccessState[] states = [];
        for (int attempt = 0; attempt < 10 && (states.Length == 0 || states[0] != AccessState.Accessed); attempt++)
        {
            states = Sample(check, addresses, static () => Thread.Sleep(40));
        }

        return states;
    }

    private static AccessState[] Sample(WrittenPagesCheck check, ulong[] addresses, Action inTheWindow)
    {
        var states = new AccessState[addresses.Length];
        check.MakeOld(addresses);
        inTheWindow();
        check.ReadYoung(addresses, states);
        return states;
    }
}
