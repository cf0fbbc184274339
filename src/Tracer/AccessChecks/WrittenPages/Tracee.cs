using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>
/// The main thread of another process, stopped, made to run system calls, and put back. While it is ours all its signals are blocked, so that
/// no handler runs on our registers; SIGKILL ends it as ever. Used on one thread of ours only.
/// </summary>
internal sealed class Tracee(TargetProcess process, SafeFileHandle memory, ulong site) : IDisposable
{
    private const ulong AllSignals = ulong.MaxValue;
    private const ulong UserCode64 = 0x33;

    // How long to wait for a stop of a thread that is still as it was. Once it is changed it is waited for as long as it lives: letting it
    // go half-way would make it crash.
    private const long PatienceNs = 2_000_000_000;

    // Of its main thread.
    private readonly int _tid = process.Pid;

    private SysPtrace.Registers _original;
    private ulong _signalMask;
    private long _stoppedNs;
    private bool _isSeized;
    private bool _isChanged;

    /// <summary>Stops it where it may be used.</summary>
    /// <param name="failure">Why not.</param>
    /// <param name="tryAgain">It only was at a place where it must not be interfered with.</param>
    internal bool TryStop(out string? failure, out bool tryAgain)
    {
        tryAgain = false;
        int result = SysPtrace.Seize(_tid);
        _isSeized = result == 0;
        if (result == 0)
        {
            _stoppedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            result = SysPtrace.Interrupt(_tid);
        }

        if (result < 0 || !WaitForInterruption())
        {
            failure = result < 0 ? $"ptrace: {Errno.Describe(-result)}" : "its main thread could not be stopped";
            return false;
        }

        result = SysPtrace.GetRegisters(_tid, out _original);
        if (result < 0 || _original.Cs != UserCode64 || SysPtrace.GetSignalMask(_tid, out _signalMask) < 0)
        {
            failure = "its main thread does not run 64-bit code";
            return false;
        }

        tryAgain = RestartableSequence.Contains(memory, SysPtrace.GetRseq(_tid), _original.Rip);
        failure = tryAgain ? "its main thread is in a restartable sequence" : null;
        if (!tryAgain)
        {
            _isChanged = true;
            _ = SysPtrace.SetSignalMask(_tid, AllSignals);
        }

        return !tryAgain;
    }

    /// <summary>Runs a system call in it: its result, or -errno.</summary>
    internal long Call(long number, long argument)
    {
        SysPtrace.Registers registers = _original;
        registers.Rip = site;
        registers.Rax = (ulong)number;
        registers.Rdi = (ulong)argument;
        registers.OriginalRax = ulong.MaxValue;

        // Set before it is resumed, the call ends in two stops: at its begin and at its end.
        bool done = SysPtrace.SetRegisters(_tid, registers) == 0 && RunToSystemCall() && RunToSystemCall()
            && SysPtrace.GetRegisters(_tid, out registers) == 0;
        return done ? (long)registers.Rax : -Errno.ESRCH;
    }

    /// <summary>Puts it back and lets it run; how long it stood still.</summary>
    internal TimeSpan LetGo()
    {
        if (_isChanged)
        {
            // The last stop must be one before signals are handled: there the kernel restarts what we interrupted.
            _ = SysPtrace.Interrupt(_tid);
            _ = SysPtrace.Continue(_tid, 0);
            _ = WaitForInterruption();
            _ = SysPtrace.SetRegisters(_tid, _original);
            _ = SysPtrace.SetSignalMask(_tid, _signalMask);
            _isChanged = false;
        }

        if (_isSeized)
        {
            _isSeized = false;
            _ = SysPtrace.Detach(_tid);
        }

        return TimeSpan.FromTicks((Time.GetNs(Time.CLOCK_MONOTONIC) - _stoppedNs) / TimeSpan.NanosecondsPerTick);
    }

    public void Dispose() => LetGo();

    /// <summary>Signals that come before the stop are passed on.</summary>
    private bool WaitForInterruption()
    {
        SysPtrace.Stop stop;
        while ((stop = WaitForStop(out int signal)) is SysPtrace.Stop.SystemCall or SysPtrace.Stop.Signal)
        {
            if (SysPtrace.Continue(_tid, signal) < 0)
            {
                break;
            }
        }

        return stop == SysPtrace.Stop.Interruption;
    }

    private bool RunToSystemCall()
    {
        // SIGSTOP cannot be blocked: it is passed on, and the process stays stopped when we let go.
        for (int signal = 0; SysPtrace.ContinueToSystemCall(_tid, signal) == 0;)
        {
            SysPtrace.Stop stop = WaitForStop(out signal);
            if (stop is SysPtrace.Stop.SystemCall or SysPtrace.Stop.None)
            {
                return stop == SysPtrace.Stop.SystemCall;
            }
        }

        return false;
    }

    private SysPtrace.Stop WaitForStop(out int signal)
    {
        long deadlineNs = _isChanged ? long.MaxValue : Time.GetNs(Time.CLOCK_MONOTONIC) + PatienceNs;
        SysPtrace.Stop stop;
        while ((stop = SysPtrace.GetStop(_tid, out signal)) == SysPtrace.Stop.None && !process.HasExited
            && Time.GetNs(Time.CLOCK_MONOTONIC) < deadlineNs)
        {
            Thread.Yield();
        }

        return stop;
    }
}
