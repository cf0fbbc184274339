using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/perf_event.h: opening an event on one CPU and the records of its ring. Results are 0 or -errno.</summary>
internal static unsafe class PerfEvent
{
    internal const uint PERF_TYPE_SOFTWARE = 1;
    internal const uint PERF_TYPE_TRACEPOINT = 2;
    internal const uint PERF_TYPE_BREAKPOINT = 5;
    internal const ulong PERF_COUNT_SW_CPU_CLOCK = 0;
    internal const ulong PERF_COUNT_SW_PAGE_FAULTS = 2;

    /// <summary>linux/hw_breakpoint.h: stops at reads and writes.</summary>
    internal const uint HW_BREAKPOINT_RW = 3;

    internal const ulong PERF_SAMPLE_IP = 1 << 0;
    internal const ulong PERF_SAMPLE_TID = 1 << 1;
    internal const ulong PERF_SAMPLE_TIME = 1 << 2;
    internal const ulong PERF_SAMPLE_ADDR = 1 << 3;
    internal const ulong PERF_SAMPLE_CALLCHAIN = 1 << 5;
    internal const ulong PERF_SAMPLE_CPU = 1 << 7;
    internal const ulong PERF_SAMPLE_RAW = 1 << 10;
    internal const ulong PERF_SAMPLE_REGS_USER = 1 << 12;
    internal const ulong PERF_SAMPLE_REGS_INTR = 1 << 18;

    /// <summary>Bits of <see cref="Attr.Flags"/>, numbered as the bit field of struct perf_event_attr.</summary>
    internal const ulong Disabled = 1UL << 0;
    internal const ulong ExcludeKernel = 1UL << 5;
    internal const ulong ExcludeHypervisor = 1UL << 6;

    /// <summary><see cref="Attr.SamplePeriod"/> is a number of samples per second.</summary>
    internal const ulong Frequency = 1UL << 10;
    internal const ulong Watermark = 1UL << 14;

    /// <summary>precise_ip 2: the sample is of the instruction that caused it.</summary>
    internal const ulong Precise = 2UL << 15;
    internal const ulong SampleIdAll = 1UL << 18;
    internal const ulong ExcludeCallchainKernel = 1UL << 21;
    internal const ulong UseClockId = 1UL << 25;

    /// <summary>Linux 5.13: an exec ends the event, whose address is another program's from there on.</summary>
    internal const ulong RemoveOnExec = 1UL << 36;

    /// <summary>Callchain entries from here up are not addresses but say what follows (PERF_CONTEXT_USER and others).</summary>
    internal const ulong PERF_CONTEXT_MAX = unchecked((ulong)-4095L);

    /// <summary>Bits of <see cref="Header.Misc"/>.</summary>
    internal const ushort PERF_RECORD_MISC_CPUMODE_MASK = 7;
    internal const ushort PERF_RECORD_MISC_KERNEL = 1;

    internal const uint PERF_RECORD_LOST = 2;
    internal const uint PERF_RECORD_SAMPLE = 9;
    internal const uint PERF_RECORD_LOST_SAMPLES = 13;

    /// <summary>Offsets of data_head and data_tail in struct perf_event_mmap_page.</summary>
    internal const int DataHeadOffset = 1024;
    internal const int DataTailOffset = 1032;

    private const int PERF_EVENT_IOC_ENABLE = 0x2400;
    private const int PERF_EVENT_IOC_DISABLE = 0x2401;
    private const int PERF_EVENT_IOC_REFRESH = 0x2402;
    private const int PERF_EVENT_IOC_SET_OUTPUT = 0x2405;
    private const int PERF_FLAG_FD_CLOEXEC = 8;

    // _IOW('$', 11, struct perf_event_attr *)
    private const int PERF_EVENT_IOC_MODIFY_ATTRIBUTES = 0x4008240b;

    // asm/unistd_64.h of x86 and asm-generic/unistd.h.
    private static readonly int SYS_perf_event_open = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 298 : 241;

    /// <summary>Opens an event for every thread on one CPU; an invalid handle and the errno when it is refused.</summary>
    internal static SafeFileHandle OpenOnCpu(in Attr attr, int cpu, out int errno) => Open(attr, -1, cpu, out errno);

    /// <summary>Opens an event for one thread on whatever CPU it runs; an invalid handle and the errno when it is refused.</summary>
    internal static SafeFileHandle OpenOnThread(in Attr attr, int tid, out int errno) => Open(attr, tid, -1, out errno);

    private static SafeFileHandle Open(in Attr attr, int tid, int cpu, out int errno)
    {
        fixed (Attr* attributes = &attr)
        {
            int fd = (int)syscall(SYS_perf_event_open, attributes, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
            errno = fd < 0 ? Errno.Last : 0;
            return new SafeFileHandle(fd, ownsHandle: true);
        }
    }

    internal static int Enable(SafeFileHandle file) => Control(file, PERF_EVENT_IOC_ENABLE, 0);

    internal static int Disable(SafeFileHandle file) => Control(file, PERF_EVENT_IOC_DISABLE, 0);

    /// <summary>Enables an event that disables itself again after so many samples.</summary>
    internal static int Refresh(SafeFileHandle file, int samples) => Control(file, PERF_EVENT_IOC_REFRESH, samples);

    /// <summary>Linux 4.17: gives a breakpoint another address; all else has to be as it was opened.</summary>
    internal static int Modify(SafeFileHandle file, in Attr attr)
    {
        using var fd = new Descriptor(file);
        fixed (Attr* attributes = &attr)
        {
            return ioctl(fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, attributes) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>Whether the thread of an event has ended, or executed another program where the event ends with that.</summary>
    internal static bool HasEnded(SafeFileHandle file)
    {
        using var fd = new Descriptor(file);
        var request = new pollfd { fd = fd };
        return Poll.Wait(new Span<pollfd>(ref request), 0) > 0 && (request.revents & POLLHUP) != 0;
    }

    /// <summary>Lets an event write into the ring of another one on the same CPU.</summary>
    internal static int SetOutput(SafeFileHandle file, SafeFileHandle ring)
    {
        using var output = new Descriptor(ring);
        return Control(file, PERF_EVENT_IOC_SET_OUTPUT, output);
    }

    private static int Control(SafeFileHandle file, int request, int argument)
    {
        using var fd = new Descriptor(file);
        return ioctl(fd, request, argument) < 0 ? -Errno.Last : 0;
    }

    /// <summary>struct perf_event_attr up to PERF_ATTR_SIZE_VER7, 128 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct Attr
    {
        [FieldOffset(0)]
        internal uint Type;

        [FieldOffset(4)]
        internal uint Size;

        [FieldOffset(8)]
        internal ulong Config;

        [FieldOffset(16)]
        internal ulong SamplePeriod;

        [FieldOffset(24)]
        internal ulong SampleType;

        [FieldOffset(40)]
        internal ulong Flags;

        /// <summary>With <see cref="Watermark"/>: bytes in the ring that wake a poll.</summary>
        [FieldOffset(48)]
        internal uint WakeupWatermark;

        /// <summary>Of a breakpoint: HW_BREAKPOINT_*. Its address is <see cref="Config1"/>, its length in bytes <see cref="Config2"/>.</summary>
        [FieldOffset(52)]
        internal uint BreakpointType;

        [FieldOffset(56)]
        internal ulong Config1;

        [FieldOffset(64)]
        internal ulong Config2;

        [FieldOffset(80)]
        internal ulong SampleRegsUser;

        [FieldOffset(92)]
        internal int ClockId;

        [FieldOffset(96)]
        internal ulong SampleRegsIntr;

        [FieldOffset(108)]
        internal ushort SampleMaxStack;
    }

    /// <summary>struct perf_event_header, 8 bytes; Size counts the header.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        internal uint Type;
        internal ushort Misc;
        internal ushort Size;
    }

    /// <summary>
    /// PERF_RECORD_SAMPLE for sample_type TID, TIME, CPU and RAW: 36 bytes, then <see cref="RawSize"/> bytes. The raw bytes start on a
    /// multiple of 4 only, so 8-byte fields in them are read unaligned.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct Sample
    {
        internal Header Header;
        internal int Pid;
        internal int Tid;
        internal ulong Time;
        internal uint Cpu;
        internal uint Reserved;
        internal uint RawSize;
    }

    /// <summary>PERF_RECORD_SAMPLE for sample_type TID and ADDR, 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct AddressSample
    {
        internal Header Header;
        internal int Pid;
        internal int Tid;
        internal ulong Address;
    }
}
