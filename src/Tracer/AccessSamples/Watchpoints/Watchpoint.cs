using System.Runtime.CompilerServices;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>
/// One byte of memory watched in one thread by a debug register of the processor, until it was accessed so many times or the watchpoint is
/// closed. It disarms itself after the last; the kernel closes it with this process. A byte and not a word, because a copy by the processor's
/// string instructions stops once for each of its bytes that is watched: eight stops of one access would use up the watchpoint, and its time.
/// </summary>
internal sealed unsafe class Watchpoint : IDisposable
{
    /// <summary>Frames of the callers that are kept.</summary>
    internal const int MaxStack = 24;

    // A control page and one of data: four samples of 24 frames have 1,200 bytes.
    private const int DataBytes = 4096;

    private const ulong HW_BREAKPOINT_LEN_1 = 1;

    // SI and DI, in this order: their bits in enum perf_event_x86_regs.
    private const ulong Pointers = (1 << 4) | (1 << 5);

    private readonly SafeFileHandle _event;
    private byte* _map;

    private Watchpoint(SafeFileHandle file, byte* map, int tid, ulong address, double probability, long armedNs)
    {
        _event = file;
        _map = map;
        Tid = tid;
        Address = address;
        Probability = probability;
        ArmedNs = armedNs;
    }

    internal int Tid { get; }

    internal ulong Address { get; }

    /// <summary>With which the thread was drawn.</summary>
    internal double Probability { get; }

    internal long ArmedNs { get; }

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
            file = PerfEvent.OpenOnThread(attributes with { Flags = attributes.Flags & ~PerfEvent.RemoveOnExec }, tid, out errno);
        }

        if (errno != 0)
        {
            file.Dispose();
            return null;
        }

        void* map = SysMman.Map((nuint)(Unistd.PageSize + DataBytes), PROT_READ | PROT_WRITE, MAP_SHARED, file, out errno);
        if (errno != 0)
        {
            file.Dispose();
            return null;
        }

        var watchpoint = new Watchpoint(file, (byte*)map, tid, address, probability, Time.GetNs(Time.CLOCK_MONOTONIC));
        errno = -PerfEvent.Refresh(file, maxHits);
        if (errno == 0)
        {
            return watchpoint;
        }

        watchpoint.Dispose();
        return null;
    }

    /// <summary>Hands over what was seen so far; once, before the watchpoint is disposed.</summary>
    /// <returns>Samples that the kernel lost.</returns>
    internal long Read<TSink>(ref TSink sink)
        where TSink : struct, IWatchpointSink
    {
        // Acquire: the records are read after the head that covers them. The ring never wraps: nothing was freed in it.
        ulong head = Math.Min(Volatile.Read(ref *(ulong*)(_map + PerfEvent.DataHeadOffset)), DataBytes);
        byte* data = _map + Unistd.PageSize;
        long lost = 0;
        for (ulong at = 0; at + (ulong)sizeof(PerfEvent.Header) <= head;)
        {
            var header = *(PerfEvent.Header*)(data + at);
            if (header.Size < sizeof(PerfEvent.Header) || at + header.Size > head)
            {
                break;
            }

            var record = new ReadOnlySpan<byte>(data + at, header.Size);
            if (header.Type == PerfEvent.PERF_RECORD_SAMPLE)
            {
                WatchpointHit.Parse(record, (header.Misc & PerfEvent.PERF_RECORD_MISC_CPUMODE_MASK) == PerfEvent.PERF_RECORD_MISC_KERNEL, ref sink);
            }
            else if (header.Type == PerfEvent.PERF_RECORD_LOST && record.Length >= 24)
            {
                lost += BitConverter.ToInt64(record[16..]);
            }

            at += header.Size;
        }

        return lost;
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
}
