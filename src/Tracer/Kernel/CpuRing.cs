using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>All tracepoints on one CPU, writing into one ring: so the records of a CPU stay in their order.</summary>
internal sealed unsafe class CpuRing : IDisposable
{
    private readonly List<SafeFileHandle> _events = [];
    private readonly PerfRing? _reader;
    private void* _map;
    private readonly nuint _mapLength;

    private CpuRing(int cpu, IReadOnlyList<KernelTracepoint> tracepoints, int ringBytes, out int errno)
    {
        Cpu = cpu;
        errno = 0;
        foreach (KernelTracepoint tracepoint in tracepoints)
        {
            _events.Add(PerfEvent.OpenOnCpu(Describe(tracepoint, ringBytes), cpu, out errno));
            if (errno != 0)
            {
                return;
            }
        }

        _mapLength = (nuint)(Unistd.PageSize + ringBytes);
        _map = SysMman.Map(_mapLength, SysMman.PROT_READ | SysMman.PROT_WRITE, SysMman.MAP_SHARED, _events[0], out errno);
        if (errno != 0)
        {
            return;
        }

        for (int i = 1; i < _events.Count && errno == 0; i++)
        {
            errno = -PerfEvent.SetOutput(_events[i], _events[0]);
        }

        byte* control = (byte*)_map;
        _reader = new PerfRing(control, control + Unistd.PageSize, (ulong)ringBytes);
    }

    internal int Cpu { get; }

    /// <summary>The file to poll.</summary>
    internal int Fd => (int)_events[0].DangerousGetHandle();

    /// <summary>Opens the tracepoints on a CPU, not yet enabled; null and the errno when one is refused.</summary>
    internal static CpuRing? Open(int cpu, IReadOnlyList<KernelTracepoint> tracepoints, int ringBytes, out int errno)
    {
        var ring = new CpuRing(cpu, tracepoints, ringBytes, out errno);
        if (errno == 0)
        {
            return ring;
        }

        ring.Dispose();
        return null;
    }

    internal void Enable() => _events.ForEach(static file => PerfEvent.Enable(file));

    internal void Disable() => _events.ForEach(static file => PerfEvent.Disable(file));

    internal void Drain<TSink>(ref TSink sink)
        where TSink : struct, IPerfRecordSink => _reader!.Drain(ref sink);

    public void Dispose()
    {
        if (_map is not null)
        {
            _ = SysMman.Unmap(_map, _mapLength);
            _map = null;
        }

        _events.ForEach(static file => file.Dispose());
        _events.Clear();
    }

    private static PerfEvent.Attr Describe(KernelTracepoint tracepoint, int ringBytes) => new()
    {
        Type = PerfEvent.PERF_TYPE_TRACEPOINT,
        Size = (uint)sizeof(PerfEvent.Attr),
        Config = tracepoint.Id,
        SamplePeriod = 1,
        SampleType = PerfEvent.PERF_SAMPLE_TID | PerfEvent.PERF_SAMPLE_TIME | PerfEvent.PERF_SAMPLE_CPU | PerfEvent.PERF_SAMPLE_RAW,
        Flags = PerfEvent.Disabled | PerfEvent.Watermark | PerfEvent.SampleIdAll | PerfEvent.UseClockId,
        WakeupWatermark = (uint)(ringBytes / 4),

        // perf's own clock drifts away from it by tens of microseconds, and all our other events carry it.
        ClockId = Time.CLOCK_MONOTONIC,
    };
}
