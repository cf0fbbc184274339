using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.PerfRings;

/// <summary>Some events on one CPU, writing into one ring: so the records of a CPU stay in their order.</summary>
internal sealed unsafe class CpuRing : IDisposable
{
    private readonly List<SafeFileHandle> _events = [];
    private readonly PerfRing? _reader;
    private void* _map;
    private readonly nuint _mapLength;

    private CpuRing(int cpu, IReadOnlyList<PerfEvent.Attr> events, int ringBytes, out int errno)
    {
        Cpu = cpu;
        errno = 0;
        foreach (PerfEvent.Attr attributes in events)
        {
            _events.Add(PerfEvent.OpenOnCpu(attributes with { WakeupWatermark = (uint)(ringBytes / 4) }, cpu, out errno));
            if (errno != 0)
            {
                return;
            }
        }

        _mapLength = (nuint)(Unistd.PageSize + ringBytes);
        _map = SysMman.Map(_mapLength, PROT_READ | PROT_WRITE, MAP_SHARED, _events[0], out errno);
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

    /// <summary>Opens the events on a CPU; null and the errno when one is refused.</summary>
    internal static CpuRing? Open(int cpu, IReadOnlyList<PerfEvent.Attr> events, int ringBytes, out int errno)
    {
        var ring = new CpuRing(cpu, events, ringBytes, out errno);
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
}
