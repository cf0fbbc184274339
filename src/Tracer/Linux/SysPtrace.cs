using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// sys/ptrace.h and linux/ptrace.h for x86-64. The kernel ties a tracee to the thread that seized it: all calls for one tracee come from one
/// thread, and when that thread ends, the tracee is let go. Results are 0 or -errno; -ESRCH of a tracee that is not stopped.
/// </summary>
internal static unsafe class SysPtrace
{
    private const int PTRACE_EVENT_STOP = 128;
    private const int SYS_ptrace = 101;
    private const int PTRACE_CONT = 7;
    private const int PTRACE_GETREGS = 12;
    private const int PTRACE_SETREGS = 13;
    private const int PTRACE_DETACH = 17;
    private const int PTRACE_SYSCALL = 24;
    private const int PTRACE_GETSIGINFO = 0x4202;
    private const int PTRACE_SEIZE = 0x4206;
    private const int PTRACE_INTERRUPT = 0x4207;
    private const int PTRACE_GETSIGMASK = 0x420a;
    private const int PTRACE_SETSIGMASK = 0x420b;
    private const int PTRACE_GET_SYSCALL_INFO = 0x420e;
    private const int PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
    private const int PTRACE_O_TRACESYSGOOD = 1;

    /// <summary>In what a tracee has stopped.</summary>
    internal enum Stop
    {
        /// <summary>It runs, or has ended.</summary>
        None,

        /// <summary>At the begin or the end of a system call.</summary>
        SystemCall,

        /// <summary>Because we asked for it, or with its whole process (SIGSTOP).</summary>
        Interruption,

        /// <summary>A signal is about to be delivered.</summary>
        Signal,
    }

    internal static int Seize(int tid) => Trace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACESYSGOOD);

    internal static int Interrupt(int tid) => Trace(PTRACE_INTERRUPT, tid, 0, 0);

    internal static int Continue(int tid, int signal) => Trace(PTRACE_CONT, tid, 0, signal);

    /// <summary>Lets it run to the next begin or end of a system call.</summary>
    internal static int ContinueToSystemCall(int tid, int signal) => Trace(PTRACE_SYSCALL, tid, 0, signal);

    internal static int Detach(int tid) => Trace(PTRACE_DETACH, tid, 0, 0);

    internal static int GetRegisters(int tid, out Registers registers)
    {
        fixed (Registers* data = &registers)
        {
            return Trace(PTRACE_GETREGS, tid, 0, (long)data);
        }
    }

    internal static int SetRegisters(int tid, in Registers registers)
    {
        fixed (Registers* data = &registers)
        {
            return Trace(PTRACE_SETREGS, tid, 0, (long)data);
        }
    }

    internal static int GetSignalMask(int tid, out ulong mask)
    {
        fixed (ulong* data = &mask)
        {
            return Trace(PTRACE_GETSIGMASK, tid, sizeof(ulong), (long)data);
        }
    }

    internal static int SetSignalMask(int tid, ulong mask) => Trace(PTRACE_SETSIGMASK, tid, sizeof(ulong), (long)&mask);

    /// <summary>Where the thread keeps its struct rseq; 0 when it has none. Linux 5.13 and later.</summary>
    internal static ulong GetRseq(int tid)
    {
        RseqConfiguration configuration = default;
        return Trace(PTRACE_GET_RSEQ_CONFIGURATION, tid, sizeof(RseqConfiguration), (long)&configuration) < 0 ? 0 : configuration.Pointer;
    }

    /// <summary>
    /// Looks whether it has stopped, and how. Not by waiting for it: a parent's wait for an exit, like that of .NET's Process class, takes the
    /// notice of a stop away.
    /// </summary>
    internal static Stop GetStop(int tid, out int signal)
    {
        signal = 0;
        SystemCallInfo call = default;
        if (Trace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(SystemCallInfo), (long)&call) < 0)
        {
            return Stop.None;
        }

        if (call.Operation is SystemCallInfo.Entry or SystemCallInfo.Exit)
        {
            return Stop.SystemCall;
        }

        SignalInfo info = default;
        int result = Trace(PTRACE_GETSIGINFO, tid, 0, (long)&info);
        if (result == -Errno.ESRCH)
        {
            return Stop.None;
        }

        // A stop of the whole process has no signal info: EINVAL.
        if (result < 0 || info.Code == (SIGTRAP | (PTRACE_EVENT_STOP << 8)))
        {
            return Stop.Interruption;
        }

        signal = info.Number;
        return Stop.Signal;
    }

    private static int Trace(int request, int tid, long address, long data) =>
        (int)syscall(SYS_ptrace, request, tid, (ssize_t)address, (ssize_t)data) < 0 ? -Errno.Last : 0;

    /// <summary>struct user_regs_struct of sys/user.h, 27 words.</summary>
    internal struct Registers
    {
        internal ulong R15;
        internal ulong R14;
        internal ulong R13;
        internal ulong R12;
        internal ulong Rbp;
        internal ulong Rbx;
        internal ulong R11;
        internal ulong R10;
        internal ulong R9;
        internal ulong R8;
        internal ulong Rax;
        internal ulong Rcx;
        internal ulong Rdx;
        internal ulong Rsi;
        internal ulong Rdi;
        internal ulong OriginalRax;
        internal ulong Rip;
        internal ulong Cs;
        internal ulong Eflags;
        internal ulong Rsp;
        internal ulong Ss;
        internal ulong FsBase;
        internal ulong GsBase;
        internal ulong Ds;
        internal ulong Es;
        internal ulong Fs;
        internal ulong Gs;
    }

    /// <summary>struct ptrace_syscall_info, 88 bytes: its first.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 88)]
    private struct SystemCallInfo
    {
        internal const byte Entry = 1;
        internal const byte Exit = 2;

        internal byte Operation;
    }

    /// <summary>siginfo_t, 128 bytes: its first three.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct SignalInfo
    {
        internal int Number;
        internal int Error;
        internal int Code;
    }

    /// <summary>struct ptrace_rseq_configuration, 24 bytes.</summary>
    private struct RseqConfiguration
    {
        internal ulong Pointer;
        internal uint Size;
        internal uint Signature;
        internal uint Flags;
        private readonly uint _padding;
    }
}
