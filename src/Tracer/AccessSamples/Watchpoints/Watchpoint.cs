using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.PerfRings;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>
/// One byte of memory watched in one thread by a debug register of the processor, until it was accessed so many times or the watchpoint is
/// disarmed. It disarms itself after the last; the kernel closes it with this process. A byte and not a word, because a copy by the processor's
/// string instructions stops once for each of its bytes that is watched: eight stops of one access would use up the watchpoint, and its time.
/// </summary>
internal sealed unsafe class Watchpoint : IDisposable
{
    /// <summary>Frames of the callers that are kept.</summary>
    internal const int MaxStack = 24;

    // A control page and one of data: four samples of 24 frames have 1,200 bytes.
    private const int DataBytes = 4096;

    // An interrupt of another processor, on a virtual machine.
    private const long LongestArmingNs = 20_000;

    private const ulong HW_BREAKPOINT_LEN_1 = 1;

    // SI and DI, in this order: their bits in enum perf_event_x86_regs.
    private const ulong Pointers = (1 << 4) | (1 << 5);

    private readonly SafeFileHandle _event;
    private readonly PerfRing _ring;
    private PerfEvent.Attr _attributes;
    private void* _map;

    // Accesses after which the kernel would disarm it.
    private int _hitsLeft;

    private Watchpoint(SafeFileHandle file, void* map, in PerfEvent.Attr attributes, int tid)
    {
        _event = file;
        _map = map;
        _ring = new PerfRing((byte*)map, (byte*)map + Unistd.PageSize, DataBytes);
        _attributes = attributes;
        Tid = tid;
    }

    internal int Tid { get; }

    internal ulong Address => _attributes.Config1;

    /// <summary>With which the thread was drawn.</summary>
    internal double Probability { get; private set; }

    internal long ArmedNs { get; private set; }

    /// <summary>
    /// False once the kernel has disarmed it: from Linux 6.16 on it is then marked as stopped for ever (PERF_HES_STOPPED), and armed once more it would
    /// stop the thread without a limit and without telling.
    /// </summary>
    internal bool CanBeArmedAgain => _hitsLeft > 0;

    /// <summary>Arms one; null and the errno when the system refuses.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="probability">With which it was drawn.</param>
    /// <param name="address">The byte.</param>
    /// <param name="maxHits">Accesses after which it disarms itself.</param>
    /// <param name="withKernel">Also stop at accesses that the kernel makes for the thread.</param>
    /// <param name="errno">0, or why not.</param>
    internal static Watchpoint? Arm(int tid, double probability, ulong address, int maxHits, bool withKernel, out int errno)
    {
        PerfEvent.Attr attributes = Describe(address, withKernel);
        SafeFileHandle file = PerfEvent.OpenOnThread(attributes, tid, out errno);
        if (errno == Errno.EINVAL)
        {
            // Before Linux 5.13 an event cannot end with an exec.
            file.Dispose();
            attributes.Flags &= ~PerfEvent.RemoveOnExec;
            file = PerfEvent.OpenOnThread(attributes, tid, out errno);
        }

        void* map = errno != 0
            ? null
            : SysMman.Map((nuint)(Unistd.PageSize + DataBytes), PROT_READ | PROT_WRITE, MAP_SHARED, file, out errno);
        if (errno != 0)
        {
            file.Dispose();
            return null;
        }

        var watchpoint = new Watchpoint(file, map, attributes, tid);
        errno = -watchpoint.Begin(probability, maxHits);
        if (errno == 0)
        {
            return watchpoint;
        }

        watchpoint.Dispose();
        return null;
    }

    /// <summary>Arms one that was disarmed and read, and that <see cref="CanBeArmedAgain"/>, for another byte; 0 or -errno, -ESRCH when its thread has ended.</summary>
    internal int ArmAgain(double probability, ulong address, int maxHits)
    {
        if (PerfEvent.HasEnded(_event))
        {
            return -Errno.ESRCH;
        }

        _attributes.Config1 = address;
        int result = PerfEvent.Modify(_event, _attributes);
        return result == 0 ? Begin(probability, maxHits) : result;
    }

    /// <summary>From here on nothing stops the thread any more.</summary>
    internal void Disarm() => _ = PerfEvent.Disable(_event);

    /// <summary>Hands over what was seen since it was read before.</summary>
    /// <returns>Samples that the kernel lost.</returns>
    internal long Read<TSink>(ref TSink sink)
        where TSink : struct, IWatchpointSink
    {
        var records = new RecordSink<TSink> { Sink = sink };
        _ring.Drain(ref records);
        sink = records.Sink;

        // One that comes in the moment of the last is beyond what was counted down.
        _hitsLeft = Math.Max(0, _hitsLeft - records.NrSamples - (int)records.NrLost);
        return records.NrLost;
    }

    public void Dispose()
    {
        if (_map is not null)
        {
            // The event first: from there on nothing stops the target any more.
            _event.Dispose();
            _ = SysMman.Unmap(_map, (nuint)(Unistd.PageSize + DataBytes));
            _map = null;
        }
    }

    /// <summary>
    /// The kernel counts down from what was left of the time before. A thread that runs is interrupted for it: armed it is when that is done, unless this one
    /// has lost its processor meanwhile.
    /// </summary>
    private int Begin(double probability, int maxHits)
    {
        long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        int result = PerfEvent.Refresh(_event, maxHits - _hitsLeft);
        (Probability, ArmedNs) = (probability, Math.Min(Time.GetNs(Time.CLOCK_MONOTONIC), beganNs + LongestArmingNs));
        _hitsLeft = maxHits;
        return result;
    }

    private static PerfEvent.Attr Describe(ulong address, bool withKernel) => new()
    {
        Type = PerfEvent.PERF_TYPE_BREAKPOINT,
        Size = (uint)Unsafe.SizeOf<PerfEvent.Attr>(),
        SamplePeriod = 1,
        SampleType = PerfEvent.PERF_SAMPLE_IP | PerfEvent.PERF_SAMPLE_TID | PerfEvent.PERF_SAMPLE_TIME | PerfEvent.PERF_SAMPLE_CALLCHAIN
            | PerfEvent.PERF_SAMPLE_REGS_INTR,

        // No wake-ups: the ring is read when the time is over.
        Flags = PerfEvent.Disabled | PerfEvent.ExcludeHypervisor | PerfEvent.Watermark | PerfEvent.ExcludeCallchainKernel | PerfEvent.UseClockId
            | PerfEvent.RemoveOnExec | (withKernel ? 0 : PerfEvent.ExcludeKernel),
        WakeupWatermark = uint.MaxValue,
        BreakpointType = PerfEvent.HW_BREAKPOINT_RW,
        Config1 = address,
        Config2 = HW_BREAKPOINT_LEN_1,
        ClockId = Time.CLOCK_MONOTONIC,
        SampleRegsIntr = Pointers,
        SampleMaxStack = MaxStack,
    };

    private struct RecordSink<TSink> : IPerfRecordSink
        where TSink : struct, IWatchpointSink
    {
        internal TSink Sink;

        internal int NrSamples { get; private set; }

        internal long NrLost { get; private set; }

        public void OnRecord(uint type, ReadOnlySpan<byte> record)
        {
            if (type == PerfEvent.PERF_RECORD_SAMPLE)
            {
                NrSamples++;
                ushort misc = MemoryMarshal.Read<PerfEvent.Header>(record).Misc;
                WatchpointHit.Parse(record, (misc & PerfEvent.PERF_RECORD_MISC_CPUMODE_MASK) == PerfEvent.PERF_RECORD_MISC_KERNEL, ref Sink);
            }
            else if (type == PerfEvent.PERF_RECORD_LOST && record.Length >= 24)
            {
                NrLost += BitConverter.ToInt64(record[16..]);
            }
        }
    }
}
