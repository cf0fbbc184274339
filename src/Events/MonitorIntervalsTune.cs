using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>The sampling interval was changed online; the kernel's <c>damon_monitor_intervals_tune</c>. 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct MonitorIntervalsTune
{
    /// <summary>The new sampling interval in microseconds.</summary>
    public ulong SampleUs;
}
