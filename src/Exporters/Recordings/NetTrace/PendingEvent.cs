namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>An event of our provider that is read but not yet in its place in time; its payload is still in the input's window.</summary>
internal struct PendingEvent
{
    public long Timestamp;
    public long PayloadOffset;
    public int PayloadSize;
    public int Thread;
    public int Cpu;
    public int EventId;
}
