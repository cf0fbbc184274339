using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// sys/ptrace.h, linux/ptrace.h and sys/wait.h for x86-64. The kernel ties a tracee to the thread that seized it: all calls for one
/// tracee come from one thread, and when that thread ends, the tracee is let go. Results are 0 or -errno.
/// </summary>
internal static unsafe partial class SysPtrace
{
    internal const int SIGTRAP = 5;
    internal const int PTRACE_EVENT_STOP = 128;

    /// <summary>The signal of a stop at a system call under PTRACE_O_TRACESYSGOOD.</summary>
    internal const int SystemCallStop = SIGTRAP | 0x80;

    private const long SYS_ptrace = 101;
    private const long PTRACE_CONT = 7;
    private const long PTRACE_GETREGS = 12;
    private const long PTRACE_SETREGS = 13;
    private const long PTRACE_DETACH = 17;
    private const long PTRACE_SYSCALL = 24;
    private const long PTRACE_SEIZE = 0x4206;
    private const long PTRACE_INTERRUPT = 0x4207;
    private const long PTRACE_GETSIGMASK = 0x420a;
    private const long PTRACE_SETSIGMASK = 0x420b;
    private const long PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
    private const long PTRACE_O_TRACESYSGOOD = 1;
    private const int WNOHANG = 1;
    private const int WaitForAll = 0x40000000;

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

    /// <summary>The wait status of a tracee that has stopped or ended; 0 while it runs, -errno when there is none.</summary>
    internal static int TryWait(int tid, out int status)
    {
        fixed (int* data = &status)
        {
            int result = waitpid(tid, data, WNOHANG | WaitForAll);
            return result < 0 ? -Errno.Last : result;
        }
    }

    private static int Trace(long request, int tid, long address, long data) =>
        syscall(SYS_ptrace, request, tid, address, data) < 0 ? -Errno.Last : 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long request, long tid, long address, long data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

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
