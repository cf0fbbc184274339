using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.PerfRings;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>Takes the moments of a thread's clock.</summary>
internal interface IThreadMomentSink
{
    /// <param name="ip">The instruction that is next.</param>
    /// <param name="timeNs">CLOCK_MONOTONIC.</param>
    /// <param name="registers">The general registers by their numbers in instructions.</param>
    /// <param name="callers">Return addresses by frame pointers, innermost first.</param>
    void OnMoment(ulong ip, ulong timeNs, ReadOnlySpan<ulong> registers, ReadOnlySpan<ulong> callers);

    /// <summary>The kernel had no room for so many, or has slowed the clock down.</summary>
    void OnLost(long count);
}

/// <summary>
/// A clock of one thread's CPU time (PERF_COUNT_SW_CPU_CLOCK): at each tick the kernel writes down where the thread is in user code, with its
/// registers. Any machine has it.
/// </summary>
internal sealed unsafe class ThreadClock : IDisposable
{
    private const int MaxStack = 24;
    private const uint PERF_RECORD_THROTTLE = 5;

    // AX, BX, CX, DX, SI, DI, BP, SP, IP are bits 0 to 8 of enum perf_event_x86_regs, R8 to R15 bits 16 to 23.
    private const ulong GeneralRegisters = 0xff01ff;
    private const int NrSampledRegisters = 17;

    // Where in a sample the registers are that instructions number 0 to 15.
    private static readonly int[] s_order = [0, 2, 3, 1, 7, 6, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16];

    private readonly SafeFileHandle _event;
    private readonly nuint _mapBytes;
    private readonly PerfRing _ring;
    private void* _map;

    private ThreadClock(SafeFileHandle file, void* map, int dataBytes)
    {
        _event = file;
        _map = map;
        _mapBytes = (nuint)(Unistd.PageSize + dataBytes);
        _ring = new PerfRing((byte*)map, (byte*)map + Unistd.PageSize, (ulong)dataBytes);
    }

    /// <summary>Starts one; null and the errno when the system refuses.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="periodNs">CPU time between two ticks.</param>
    /// <param name="dataBytes">Size of its ring, a power of two of pages; a sample has 400 bytes.</param>
    /// <param name="errno">0, or why not.</param>
    internal static ThreadClock? Start(int tid, long periodNs, int dataBytes, out int errno)
    {
        var attributes = new PerfEvent.Attr
        {
            Type = PerfEvent.PERF_TYPE_SOFTWARE,
            Size = (uint)Unsafe.SizeOf<PerfEvent.Attr>(),
            Config = PerfEvent.PERF_COUNT_SW_CPU_CLOCK,
            SamplePeriod = (ulong)periodNs,
            SampleType = PerfEvent.PERF_SAMPLE_IP | PerfEvent.PERF_SAMPLE_TIME | PerfEvent.PERF_SAMPLE_CALLCHAIN | PerfEvent.PERF_SAMPLE_REGS_USER,
            Flags = PerfEvent.ExcludeKernel | PerfEvent.ExcludeHypervisor | PerfEvent.Watermark | PerfEvent.UseClockId,
            WakeupWatermark = uint.MaxValue,
            ClockId = Time.CLOCK_MONOTONIC,
            SampleRegsUser = GeneralRegisters,
            SampleMaxStack = MaxStack,
        };
        SafeFileHandle file = PerfEvent.OpenOnThread(attributes, tid, out errno);
        void* map = errno != 0
            ? null
            : SysMman.Map((nuint)(Unistd.PageSize + dataBytes), PROT_READ | PROT_WRITE, MAP_SHARED, file, out errno);
        if (errno == 0)
        {
            return new ThreadClock(file, map, dataBytes);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Hands over what has come. Bounded by the samples in the ring; allocates nothing.</summary>
    internal void Drain<TSink>(ref TSink sink)
        where TSink : struct, IThreadMomentSink
    {
        var records = new RecordSink<TSink> { Sink = sink };
        _ring.Drain(ref records);
        sink = records.Sink;
    }

    public void Dispose()
    {
        if (_map is not null)
        {
            _event.Dispose();
            _ = SysMman.Unmap(_map, _mapBytes);
            _map = null;
        }
    }

    private struct RecordSink<TSink> : IPerfRecordSink
        where TSink : struct, IThreadMomentSink
    {
        internal TSink Sink;

        public void OnRecord(uint type, ReadOnlySpan<byte> record)
        {
            switch (type)
            {
                case PerfEvent.PERF_RECORD_SAMPLE:
                    OnSample(MemoryMarshal.Cast<byte, ulong>(record));
                    break;
                case PerfEvent.PERF_RECORD_LOST when record.Length >= 24:
                    Sink.OnLost(BitConverter.ToInt64(record[16..]));
                    break;
                case PERF_RECORD_THROTTLE:
                    Sink.OnLost(1);
                    break;
            }
        }

        // The header, IP, TIME, CALLCHAIN (their number first), REGS_USER (the ABI first).
        private void OnSample(ReadOnlySpan<ulong> words)
        {
            if (words.Length < 5 || words[3] > (ulong)(words.Length - 5))
            {
                return;
            }

            int nrEntries = (int)words[3];
            ReadOnlySpan<ulong> chain = words.Slice(4, nrEntries);
            ReadOnlySpan<ulong> sampled = words[(4 + nrEntries + 1)..];
            if (words[4 + nrEntries] == 0 || sampled.Length < NrSampledRegisters)
            {
                return;
            }

            Span<ulong> registers = stackalloc ulong[RegisterValues.NrRegisters];
            for (int i = 0; i < registers.Length; i++)
            {
                registers[i] = sampled[s_order[i]];
            }

            int begin = 0;
            while (begin < chain.Length && chain[begin] >= PerfEvent.PERF_CONTEXT_MAX)
            {
                begin++;
            }

            Sink.OnMoment(words[1], words[2], registers, begin + 1 >= chain.Length ? default : chain[(begin + 1)..]);
        }
    }
}
