using System.Runtime.CompilerServices;
using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>One decoded record of a ring, while it waits for its turn in time.</summary>
internal struct KernelSample
{
    /// <summary>CLOCK_MONOTONIC nanoseconds.</summary>
    internal ulong TimestampNs;

    internal DamonAggregated Region;
    internal int Tid;
    internal uint Cpu;
    internal uint ContextIndex;
    internal uint SchemeIndex;
    internal ulong SampleUs;

    /// <summary>Of a scheme: its effective size, or its counters in the kernel's order.</summary>
    internal SchemeNumbers Numbers;

    /// <summary>Hits of the region's probes, the first probe in the lowest byte.</summary>
    internal ulong ProbeHits;
    internal byte NrProbes;
    internal KernelEventKind Kind;

    [InlineArray(KernelTracepoint.NrCounters)]
    internal struct SchemeNumbers
    {
        private ulong _first;
    }
}
