using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/bpf.h: the three commands of bpf(2) that a program needs which is loaded and run by hand.</summary>
internal static unsafe class Bpf
{
    internal const int BPF_PROG_TYPE_RAW_TRACEPOINT = 17;
    internal const int BPF_FUNC_get_current_task = 35;
    internal const int BPF_FUNC_probe_read_kernel = 113;

    private const int BPF_MAP_CREATE = 0;
    private const int BPF_PROG_LOAD = 5;
    private const int BPF_PROG_TEST_RUN = 10;
    private const int BPF_MAP_TYPE_ARRAY = 2;
    private const int BPF_F_MMAPABLE = 0x400;

    // x86-64; the programs of this house know only its page tables anyway.
    private const int SYS_bpf = 321;

    /// <summary>Creates an array map with one value that can be mapped into memory; an invalid handle and the errno when refused.</summary>
    internal static SafeFileHandle CreateArrayMap(int valueSize, out int errno)
    {
        var attributes = new MapCreateAttributes
        {
            MapType = BPF_MAP_TYPE_ARRAY,
            KeySize = sizeof(uint),
            ValueSize = (uint)valueSize,
            MaxEntries = 1,
            MapFlags = BPF_F_MMAPABLE,
        };
        int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(MapCreateAttributes));
        errno = fd < 0 ? Errno.Last : 0;
        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>
    /// Verifies and loads a program; an invalid handle and the errno when refused. The log, if any, receives the verifier's words.
    /// </summary>
    internal static SafeFileHandle LoadProgram(int type, ReadOnlySpan<ulong> instructions, Span<byte> log, out int errno)
    {
        fixed (ulong* code = instructions)
        fixed (byte* license = "GPL\0"u8, name = "damon_trace\0\0\0\0\0"u8, logBuffer = log)
        {
            var attributes = new ProgLoadAttributes
            {
                ProgType = (uint)type,
                InsnCnt = (uint)instructions.Length,
                Insns = (ulong)code,
                License = (ulong)license,
                LogLevel = log.IsEmpty ? 0u : 1u,
                LogSize = (uint)log.Length,
                LogBuf = (ulong)logBuffer,
            };
            new ReadOnlySpan<byte>(name, 16).CopyTo(new Span<byte>(attributes.ProgName, 16));
            int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(ProgLoadAttributes));
            errno = fd < 0 ? Errno.Last : 0;
            return new SafeFileHandle(fd, ownsHandle: true);
        }
    }

    /// <summary>Runs a program once in the calling thread: what it returned, or -errno.</summary>
    internal static int Run(SafeFileHandle program)
    {
        using var fd = new Descriptor(program);
        var attributes = new TestRunAttributes { ProgFd = (uint)(int)fd };
        int result = (int)syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attributes, sizeof(TestRunAttributes));
        return result < 0 ? -Errno.Last : (int)attributes.Retval;
    }

    /// <summary>union bpf_attr as BPF_MAP_CREATE reads it.</summary>
    internal struct MapCreateAttributes
    {
        internal uint MapType;
        internal uint KeySize;
        internal uint ValueSize;
        internal uint MaxEntries;
        internal uint MapFlags;
    }

    /// <summary>union bpf_attr as BPF_PROG_LOAD reads it.</summary>
    internal struct ProgLoadAttributes
    {
        internal uint ProgType;
        internal uint InsnCnt;
        internal ulong Insns;
        internal ulong License;
        internal uint LogLevel;
        internal uint LogSize;
        internal ulong LogBuf;
        internal uint KernVersion;
        internal uint ProgFlags;
        internal fixed byte ProgName[16];
    }

    /// <summary>union bpf_attr as BPF_PROG_TEST_RUN reads and writes it.</summary>
    internal struct TestRunAttributes
    {
        internal uint ProgFd;
        internal uint Retval;
        internal uint DataSizeIn;
        internal uint DataSizeOut;
        internal ulong DataIn;
        internal ulong DataOut;
        internal uint Repeat;
        internal uint Duration;
        internal uint CtxSizeIn;
        internal uint CtxSizeOut;
        internal ulong CtxIn;
        internal ulong CtxOut;
        internal uint Flags;
        internal uint Cpu;
        internal uint BatchSize;
        private readonly uint _padding;
    }
}
