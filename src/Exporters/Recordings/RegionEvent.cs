namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// One <c>damon_aggregated</c> event of a snapshot, with what perf prints of it beyond the fields common to the snapshot.
/// </summary>
public struct RegionEvent
{
    /// <summary>Time of the event in nanoseconds of the recording's clock (CLOCK_MONOTONIC in our own recordings).</summary>
    public long TimestampNs;

    /// <summary>CPU on which the event was emitted.</summary>
    public int Cpu;

    /// <summary>First byte of the region.</summary>
    public ulong Start;

    /// <summary>First byte after the region.</summary>
    public ulong End;

    /// <summary>Samples of the aggregation in which the region was found accessed.</summary>
    public uint NrAccesses;

    /// <summary>Aggregation intervals for which the access frequency has stayed about the same.</summary>
    public uint Age;
}
