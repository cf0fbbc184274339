using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer;

/// <summary>Several observers as one, called in their order. Allocates nothing; one interface call per observer and snapshot.</summary>
internal sealed class SnapshotObservers(IReadOnlyList<ISnapshotObserver> observers) : ISnapshotObserver
{
    private readonly ISnapshotObserver[] _observers = [.. observers];

    public int AttachCount
    {
        get
        {
            int sum = 0;
            foreach (ISnapshotObserver observer in _observers)
            {
                sum += observer.AttachCount;
            }

            return sum;
        }
    }

    public void OnContext(ContextDescription context)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnContext(context);
        }
    }

    public void OnTarget(TargetDescription target)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnTarget(target);
        }
    }

    public void OnMapping(MappingDescription mapping)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnMapping(mapping);
        }
    }

    public void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnAggregated(header, memory, regions, estimates);
        }
    }

    public void OnIntervalsTuned(ulong sampleUs)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnIntervalsTuned(sampleUs);
        }
    }

    public void OnFootprint(in Footprint footprint)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnFootprint(footprint);
        }
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        foreach (ISnapshotObserver observer in _observers)
        {
            observer.OnIdle(idle, records);
        }
    }
}
