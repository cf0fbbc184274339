using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// Fixed part of <c>damon_trace_context</c>, 32 bytes; the strings kdamond, operations, access_check and labels follow.
/// Emitted at start, on every change and again whenever a session attaches.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public record struct ContextAttributes
{
    /// <summary>Sampling interval in microseconds.</summary>
    public ulong SampleUs;

    /// <summary>Aggregation interval in microseconds.</summary>
    public ulong AggrUs;

    /// <summary>Regions update interval in microseconds.</summary>
    public ulong UpdateUs;

    /// <summary>Fewest regions of all targets together.</summary>
    public uint MinNrRegions;

    /// <summary>Most regions of all targets together.</summary>
    public uint MaxNrRegions;
}
