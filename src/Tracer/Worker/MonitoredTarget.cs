using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>A process with what it takes to monitor it. The kdamond owns and disposes it.</summary>
public sealed class MonitoredTarget : IDisposable
{
    public MonitoredTarget(TargetProcess process, VaddrAddressSpace addressSpace, IAccessCheck accessCheck)
    {
        Process = process;
        AddressSpace = addressSpace;
        AccessCheck = accessCheck;
    }

    /// <summary>The process, held so that its pid cannot come to mean another one.</summary>
    public TargetProcess Process { get; }

    /// <summary>Its mappings.</summary>
    public VaddrAddressSpace AddressSpace { get; }

    /// <summary>Ranges to monitor whatever is mapped there (fvaddr), sorted and disjoint; empty: follow the mappings (vaddr).</summary>
    public IReadOnlyList<AddressRange> FixedRanges { get; init; } = [];

    /// <summary>How its accesses become known.</summary>
    public IAccessCheck AccessCheck { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        AccessCheck.Dispose();
        Process.Dispose();
    }
}
