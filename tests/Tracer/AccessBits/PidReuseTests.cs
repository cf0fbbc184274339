using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>A check never touches the process that gets its target's number.</summary>
[Collection(OwnMemoryBits.Name)]
public sealed class PidReuseTests(ReaderFixture fixture)
{
    // clone3 with set_tid needs CAP_CHECKPOINT_RESTORE.
    private const string TakePid = """
        import ctypes, os, sys, time
        class Arguments(ctypes.Structure):
            _fields_ = [(name, ctypes.c_uint64) for name in ("flags", "pidfd", "child_tid", "parent_tid", "exit_signal", "stack",
                                                             "stack_size", "tls", "set_tid", "set_tid_size", "cgroup")]
        wanted = (ctypes.c_int * 1)(int(sys.argv[1]))
        arguments = Arguments(exit_signal=17, set_tid=ctypes.addressof(wanted), set_tid_size=1)
        pid = ctypes.CDLL(None, use_errno=True).syscall(435, ctypes.byref(arguments), ctypes.sizeof(arguments))
        if pid < 0:
            sys.exit(f"clone3: {os.strerror(ctypes.get_errno())}")
        if pid == 0:
            print("running", flush=True)
            os.read(0, 1)
            os._exit(0)
        os.waitpid(pid, 0)
        """;

    [Fact]
    public void AProcessWithTheSamePid_IsLeftAlone()
    {
        string python = ForeignTool.Require("python3");
        using Child child = Child.Sleep();
        using var check = new AccessBitsCheck(fixture.Reader, child.Open(), TimeSpan.FromMinutes(1));
        ulong[] addresses = child.PagesOf("[stack]");
        _ = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        child.Kill();
        string pid = child.Pid.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(python, ["-c", TakePid, pid])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process taker = Process.Start(start)!;
        string? running = taker.StandardOutput.ReadLine();
        Assert.SkipWhen(running is null, running is null ? taker.StandardError.ReadToEnd().Trim() : "");
        long before = ReferencedKb(pid);

        bool swept = check.Sweep();
        var states = new AccessState[addresses.Length];
        check.TakeYoung(addresses, states);
        AccessState[] sampled = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        check.StartOld();

        long after = ReferencedKb(pid);
        taker.StandardInput.Close();
        taker.WaitForExit();
        Assert.False(swept);
        Assert.All(sampled.Concat(states), static state => Assert.Equal(AccessState.NotPresent, state));
        Assert.True(before > 1000, $"{before} kB");
        Assert.True(after > before / 2, $"{before} kB before, {after} kB after");
    }

    private static long ReferencedKb(string pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(static line => line.StartsWith("Referenced:", StringComparison.Ordinal))
        .Select(static line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single();
}
